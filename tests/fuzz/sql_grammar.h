/*
 * Makes SQL of bytes, by a grammar of what scripts hold in each dialect: queries, writes, files, bodies, pipes. The bytes choose, so that
 * whoever changes them changes the text. Literals are 'secret', a word that stands nowhere else. Not all of it is taken by a database.
 * Used by the fuzz targets of SQL.
 */
#ifndef TL_TESTS_FUZZ_SQL_GRAMMAR_H
#define TL_TESTS_FUZZ_SQL_GRAMMAR_H

#include "base/str.h"
#include "lineage/sql/sql.h"

#include <stdio.h>
#include <stdlib.h>

enum { GRAMMAR_FORMS = 40, GRAMMAR_MOST = 60000, GRAMMAR_DEEPEST = 12 };
enum grammar_dialects {
    IN_ANSI = 1 << TL_SQL_ANSI,
    IN_POSTGRES = 1 << TL_SQL_POSTGRES,
    IN_REDSHIFT = 1 << TL_SQL_REDSHIFT,
    IN_SNOWFLAKE = 1 << TL_SQL_SNOWFLAKE,
    IN_TRINO = 1 << TL_SQL_TRINO,
    IN_SQLITE = 1 << TL_SQL_SQLITE,
    IN_DUCKDB = 1 << TL_SQL_DUCKDB,
    IN_BIGQUERY = 1 << TL_SQL_BIGQUERY,
    IN_SPARK = 1 << TL_SQL_SPARK,
    IN_ALL = (1 << TL_SQL_DIALECTS) - 1
};

static const char grammar_ddl[] =
    "create table t (id int, a text, b text, v int); create table s.u (id int, a text, "
    "c text); create table w (d int, e text)";

/*
 * What a letter may stand for. Letters behind a % are expanded again, %% is one, all else stands for itself. The first form of a letter is
 * where it ends.
 */
static const struct grammar_rule {
    char letter;
    uint16_t dialects;
    const char *forms[GRAMMAR_FORMS];
} grammar[] = {
    { 'x',
      IN_ALL, /* a text */
      { "%s", "%s; %s", "%s; %s; %s", "create temp table y as %q; %s; %s",
        "%s;\n-- secret\n%s /* it's secret */;;\n%s;", "begin; %s; rollback; %s" } },
    { 'X',
      IN_ALL, /* a text that says of each table what it is before it is read */
      { "create table ya as %q; %z",
        "create table ya as %q; create view va as %q; %z; %Z",
        "create table ya (a int, b text); create view va as %z; %Z; %Z",
        "create table ya as %q; alter table ya add column extra text; create view va as "
        "%z; %Z; %Z; %Z",
        "create view va (m, n) as select a, b from t where %c; %Z" } },
    { 'z',
      IN_ALL, /* reads ya */
      { "select %i from ya", "select * from ya join %f on %c",
        "select ya.*, %e as e from ya",
        "with k as (select * from ya where %c) select %i from k, %f",
        "select %e as e from %f where exists (select * from ya where %c)",
        "select a from ya union all %q" } },
    { 'Z',
      IN_ALL, /* reads what there is by then */
      { "select %i from va", "%z", "insert into w (d, e) select %e, %e from va, %f",
        "create table yb as select * from va join %f on %c", "%q",
        "with k as (%z) select %i from k, va", "insert into ya select * from va where %c",
        "update ya set a = %e from va where %c", "delete from ya where %c" } },
    { 's',
      IN_ALL, /* a statement */
      { "%q",
        "create view v as %q",
        "create table x (a, b) as %q",
        "insert into t %q",
        "insert into w (d, e) %q",
        "insert into y %q",
        "update t set a = %e, b = %e from %f where %c",
        "delete from t using %f where %c",
        "create temp table y as %q",
        "select * from y",
        "drop table y",
        "alter table t rename column a to z",
        "alter table y rename to t",
        "insert into t (id, a) %q on conflict (id) do update set a = excluded.a, b = %e",
        "with d as (delete from t where %c returning *) insert into w select id, a from "
        "d",
        "merge into t using s.u on %c when matched then update set a = %e when not "
        "matched then insert (id) values (%e)",
        "merge into t using (%q) as m on %c when matched and %c then delete when matched "
        "then update set a = %e, v = %e when not matched then insert values (%e, %e, %e, "
        "%e)",
        "truncate table t",
        "create table x like t",
        "alter table t add column z int",
        "with k as (%q) update t set a = k.a from k where %c",
        "insert into t values (%e, %e, %e, %e), (%e, %e, %e, %e)",
        "create table x (a int, b text default 'secret', c text generated always as (b "
        "|| 'secret') stored)",
        "delete from t where %c returning %i",
        "explain %s",
        "create or replace view v (m, n) as %q" } },
    { 's',
      IN_POSTGRES | IN_REDSHIFT,
      { "do $$ declare r record; x text := %e; n int; cu refcursor; begin %p end $$",
        "create function fn(p text) returns text language plpgsql as $f$ declare r "
        "record; x text; begin %p return x; end $f$; select fn(%e)",
        "create function sf(p text) returns text language sql as 'select $1 || "
        "''secret'''; select sf(%e) from %f",
        "create function ff(p int) returns table (m int, n text) language sql begin "
        "atomic select id, a from t where id = p; end; select * from ff(1)",
        "create function tf() returns trigger language plpgsql as $$ begin %p return "
        "new; end $$; create trigger tr before insert on t for each row execute function "
        "tf()",
        "create rule ru as on insert to t where %c do instead insert into w (e) values "
        "(new.a)",
        "copy t (id, a) from stdin;\n1\tsecret\n\\.\n", "copy (%q) to stdout",
        "prepare pq as %q; execute pq", "create materialized view mv as %q with no data",
        "select %i into nt from %f", "set search_path to s",
        "update t set (a, b) = (%q) where %c", "call pr(%e)",
        "unload ('select a from t where b = ''secret''') to 's3://b/f'" } },
    { 'p',
      IN_POSTGRES | IN_REDSHIFT, /* statements of a body */
      { "null;",
        "x := %e;",
        "select a into x from t where %c;",
        "for r in %q loop %p end loop;",
        "if %c then %p elsif %c then %p else %p end if;",
        "execute 'insert into w (e) select a from t where b = ''secret''';",
        "execute format('insert into w (e) select %%I from t', 'a');",
        "execute 'select ' || n;",
        "perform fn(%e);",
        "return;",
        "begin %p exception when others then %p end;",
        "while %c loop %p exit when %c; end loop;",
        "%s;",
        "%p %p",
        "case x when %e then %p else %p end case;",
        "foreach x in array array[%e] loop %p end loop;",
        "open cu for %q; fetch cu into x; close cu;",
        "raise notice 'secret %%', x;",
        "insert into w (e) values (x) returning d into n;",
        "r := t from t; insert into w (e) values (r.a);" } },
    { 's',
      IN_SNOWFLAKE,
      { "execute immediate $$ declare x varchar; begin %p end; $$",
        "begin %p end",
        "create or replace procedure pr(x varchar) returns varchar language sql as $$ "
        "begin %p return 'secret'; end $$; call pr(%e)",
        "execute immediate 'insert into w (e) select a from t where b = ''secret'''",
        "insert all when %c then into t (id, a) values (id, a) else into w %q",
        "insert first when %c then into w (e) values (a) into t (id) select id, a from t",
        "insert overwrite into t %q",
        "copy into t (id, a) from (select $1, $2:f::string from @st/f) file_format = "
        "(type = json)",
        "copy into @st/out from (%q) overwrite = true",
        "create table x clone t",
        "alter table t swap with y",
        "set x = (%q)",
        "insert into identifier($x) %q",
        "create or replace dynamic table dt target_lag = '1 minute' warehouse = wh as %q",
        "create task tk schedule = '1 minute' as %s",
        "use schema s",
        "create function uf(p varchar) returns varchar as 'lower(p) || ''secret'''; "
        "select uf(%e)",
        "create function ut() returns table (m int, n text) as $$ %q $$; select * from "
        "table(ut())",
        "merge into t using s.u on t.id = u.id when matched then update all by name",
        "create stage st; put file:///f @st",
        "create stream sm on table t; insert into w select id, a from sm" } },
    { 'p',
      IN_SNOWFLAKE,
      { "null;", "let x := %e;", "x := %e;", "select a into :x from t where %c;",
        "for r in (%q) do %p end for;",
        "if (%c) then %p elseif (%c) then %p else %p end if;",
        "execute immediate 'insert into w (e) select a from t where b = ''secret''';",
        "let rs resultset := (%q); for r in rs do insert into w (e) values (r.a); end "
        "for;",
        "return table(rs);", "while (%c) do %p break; end while;",
        "repeat %p until (%c) end repeat;", "begin %p exception when other then %p end;",
        "%s;", "%p %p", "case (x) when %e then %p else %p end;",
        "let c1 cursor for %q; open c1; fetch c1 into x; close c1;",
        "insert into w (e) values (:x);" } },
    { 's',
      IN_BIGQUERY,
      { "declare x string default %e; %p", "begin %p exception when error then %p end",
        "execute immediate 'select a from t where b = \"secret\"'",
        "execute immediate concat('insert into w (e) ', 'select a from t') using %e",
        "create temp function ft(p string) as (concat(p, 'secret')); select ft(%e)",
        "create temp function jf(p string) returns string language js as \"return p + "
        "'secret'\"; select jf(%e)",
        "export data options (uri = 'gs://b/*') as %q",
        "create table function tf(p int64) as (%q); select * from tf(1)",
        "load data into t from files (uris = ['gs://b/f'])",
        "create snapshot table x clone t", "begin transaction; %s; rollback transaction",
        "merge t using s.u on %c when not matched by source then delete when not matched "
        "then insert row",
        "create procedure pr(x string) begin %p end; call pr(%e)", "insert t (id, a) %q",
        "assert %c" } },
    { 'p',
      IN_BIGQUERY,
      { "select 1;", "set x = %e;", "set (x, y) = (select as struct a, b from t);",
        "if %c then %p elseif %c then %p else %p end if;", "loop %p leave; end loop;",
        "while %c do %p end while;", "for r in (%q) do %p end for;",
        "repeat %p until %c end repeat;", "begin %p end;", "%s;", "%p %p",
        "case x when %e then %p else %p end case;", "insert into w (e) values (x);",
        "execute immediate 'select a from t where b = \"secret\"' into x;" } },
    { 's',
      IN_SPARK,
      { "insert overwrite table t partition (b = 'secret') select id, a, v from t",
        "from t insert into w select id, a insert overwrite table y select * where %c",
        "create table x using parquet partitioned by (a) as %q",
        "cache table ct as %q; select * from ct",
        "declare variable vx string default %e; set var vx = (%q); select vx",
        "execute immediate 'select a from t where b = \"secret\"'",
        "begin declare x string; %p end",
        "merge into t using s.u on %c when matched then update set * when not matched "
        "then insert *",
        "insert into t by name %q", "insert into t replace where %c %q",
        "create function fs(p string) returns string return concat(p, 'secret'); select "
        "fs(%e)",
        "create function ft() returns table (m int, n string) return %q; select * from "
        "ft()",
        "copy into t from (select _c0, _c1 from 's3://b/f') fileformat = csv", "use s",
        "create streaming table st as select %i from stream(t)", "delete from t where %c",
        "select * from parquet.`s3://b/f`" } },
    { 'p',
      IN_SPARK,
      { "select 1;", "set x = %e;", "if %c then %p else %p end if;",
        "while %c do %p end while;", "for r as %q do %p end for;", "%s;", "%p %p",
        "insert into w (e) values (x);" } },
    { 's',
      IN_DUCKDB,
      { "create macro m(p, q := 'secret') as concat(p, q); select m(%e), m(%e, q := %e)",
        "create macro mt(p) as table select p as q, %e from t; from mt(%e)",
        "pivot t on a using sum(v) group by id",
        "pivot (%q) on a in ('x', 'y') using max(%e) as m, count(*)",
        "unpivot t on a, b into name n value x", "insert into t by name %q",
        "copy t to 'f.parquet'", "copy (%q) to 'f' (format csv)", "copy t from 'f'",
        "create table x as from 'f.csv'", "set variable x = %e; select getvariable('x')",
        "create table x as %q; summarize x", "attach 'f' as db; use db",
        "insert or replace into t %q", "update t set a = %e returning %i",
        "prepare pq as %q; execute pq", "create type ty as enum (%q)" } },
    { 's',
      IN_SQLITE,
      { "create trigger tr after update of a on t when %c begin update w set e = new.a "
        "where %c; insert into w (e) values (old.b); end",
        "insert or replace into t %q", "replace into w %q",
        "update or ignore t set (a, b) = (select %e, %e) where %c",
        "attach 'f' as f; select * from f.t", "create virtual table x using fts5(a, b)",
        "pragma foreign_keys = on", "create table x as %q without rowid" } },
    { 's',
      IN_TRINO,
      { "create table x with (format = 'ORC') as %q with no data",
        "with function wf(p varchar) returns varchar return concat(p, 'secret') select "
        "wf(%e) from %f",
        "create function cf(p varchar) returns varchar begin declare x varchar default "
        "%e; set x = p; if %c then return x; end if; return lower(x); end; select cf(%e)",
        "unload (%q) to 's3://b/f' with (format = 'parquet')", "use s",
        "prepare pq from %q; execute pq using 'secret'" } },
    { 'q',
      IN_ALL, /* a query */
      { "select %i from %f",
        "select %i from %f where %c",
        "select %i from %f group by %e",
        "select %i, %i from %f order by %e",
        "with k as (%q) select %i from k, %f",
        "with k (m, n) as (%q) select m from k where %c",
        "%q union all %q",
        "%q except %q",
        "with recursive r as (select id, a from t union all select %e, %e from r join t "
        "using (id)) select %i from r",
        "select distinct on (%e) %i from %f",
        "values (%e, %e)",
        "select %i from %f window n as (partition by %e order by %e)",
        "select %i",
        "(%q order by 1 limit 3)",
        "table t",
        "select %i from %f group by rollup (%e, 1)",
        "select %i from %f group by grouping sets ((%e, a), (), cube (b)) having %c",
        "(%q) intersect all (%q) order by 1 offset 1 rows fetch next 2 rows with ties",
        "with k as materialized (%q), l as (select * from k) select %i from l join k "
        "using (a)",
        "select %i from %f where %c group by all order by %e desc nulls last, 1 limit 5",
        "select distinct %i from %f" } },
    { 'q',
      IN_POSTGRES | IN_REDSHIFT | IN_ANSI | IN_TRINO,
      { "with recursive r as (select id, a from t union all select r.id + 1, %e from r) "
        "search depth first by id set o cycle id set cyc using pth select %i from r",
        "%q union corresponding by (a) %q",
        "select %i from %f for update of t skip locked" } },
    { 'q',
      IN_SNOWFLAKE | IN_DUCKDB | IN_BIGQUERY | IN_SPARK | IN_REDSHIFT,
      { "select %i from %f qualify row_number() over (partition by %e order by %e) = 1",
        "%q union all by name %q", "%q union by name %q" } },
    { 'q',
      IN_BIGQUERY | IN_SPARK,
      { "from %f |> %P", "%q |> %P", "select as struct %i from %f",
        "select as value %e from %f", "%q full outer union all by name on (a) %q" } },
    { 'P',
      IN_ALL, /* steps of a pipe */
      { "where %c",
        "select %i",
        "extend %e as z, %e as y",
        "set a = %e",
        "drop a",
        "rename a as z",
        "aggregate sum(v) as n, max(%e) group by %e as g",
        "order by %e",
        "limit 3",
        "join %f on %c",
        "union all (%q), (%q)",
        "as al",
        "pivot (sum(v) for a in ('x', 'y' as yy))",
        "unpivot (x for n in (a, b))",
        "%P |> %P",
        "distinct",
        "window sum(v) over (order by %e) as ww",
        "tablesample system (1 percent)",
        "left join s.u using (id)",
        "call tf(1)" } },
    { 'q',
      IN_DUCKDB,
      { "from %f", "from %f select %i where %c", "select columns('a|b') from %f",
        "select columns(c -> c like 'a%%') from %f",
        "select min(columns(* exclude (a))) from %f",
        "select %i from %f using sample 10%%", "select %i from %f order by all" } },
    { 'q',
      IN_SPARK,
      { "select transform(a, b) using 'cat' as (x, y) from t",
        "select %i from %f distribute by %e sort by %e", "select %i from %f cluster by a",
        "select %i from t lateral view outer explode(%e) lv as x where %c",
        "select stack(2, %e, %e, %e, %e) as (x, y) from t" } },
    { 'f',
      IN_ALL, /* from items */
      { "t",
        "s.u",
        "w",
        "nowhere",
        "t as o",
        "t, s.u",
        "t join s.u using (id)",
        "%f",
        "t natural join s.u",
        "(%q) p",
        "t left join w on %c",
        "(%q) as p (m, n)",
        "t, lateral (%q) l",
        "t, f(a) g",
        "t full join s.u using (id, a)",
        "k",
        "y",
        "r",
        "t o cross join t",
        "(t join w on %c) as j",
        "g(%e) as z (a, m)",
        "(values (%e, %e), (%e, 1)) as p (m, n)",
        "t tablesample bernoulli (10)",
        "nowhere n1 join s.nowhere n2 on %c",
        "lateral (%q) as l",
        "t unpivot (x for n in (a, b)) as up",
        "t pivot (sum(v) for a in ('x', 'y' as yy)) as p",
        "json_table(a, '$' columns (m int path '$.m', nested path '$.n[*]' columns (n "
        "text path '$'))) jt" } },
    { 'f',
      IN_ALL & ~IN_SQLITE, /* where brackets are no quotes */
      { "unnest(array[%e]) g" } },
    { 'f',
      IN_POSTGRES | IN_REDSHIFT,
      { "generate_series(1, %e) with ordinality as z (a, m)",
        "rows from (unnest(array[%e]), generate_series(1, 2)) as z (a, m)",
        "json_to_recordset(%e) as z (a int, m text)",
        "xmltable('/r' passing %e columns m int path 'm')", "only t *",
        "jsonb_each(%e) z" } },
    { 'f',
      IN_SNOWFLAKE | IN_TRINO | IN_BIGQUERY,
      { "t match_recognize (partition by id order by %e measures %e as m, last(z.a) as n "
        "one row per match pattern (z+ y*) define z as true and %c) mr",
        "(%q) match_recognize (order by id measures match_number() as m all rows per "
        "match after match skip to next row pattern (z {2,3} | permute(y, z)) define y "
        "as true and %c) mr" } },
    { 'f',
      IN_SNOWFLAKE,
      { "t, lateral flatten(input => %e, outer => true) fl", "table(flatten(%e)) fl",
        "t at (offset => -60)", "t sample (10)", "table(generator(rowcount => 3))",
        "@st/f (file_format => 'ff') sf", "identifier('t')",
        "t asof join s.u match_condition (t.v >= u.id) on t.id = u.id", "$x",
        "table(result_scan(last_query_id()))",
        "t, table(flatten(input => a:f)) fl, lateral flatten(fl.value) f2" } },
    { 'f',
      IN_BIGQUERY,
      { "t, unnest(%e) el with offset o", "t, t.a", "t for system_time as of %e",
        "t cross join unnest([struct(%e as m, %e as n)])", "`p-1.d.t`", "tf(1)" } },
    { 'f',
      IN_SPARK,
      { "t lateral view posexplode(%e) lv as x, y", "range(3)", "t version as of 3",
        "delta.`/f`", "t, lateral explode(%e) as lx (m)", "t left semi join w on %c",
        "t lateral view inline(array(struct(%e, %e))) lv as m, n" } },
    { 'f',
      IN_DUCKDB,
      { "'f.parquet'", "read_csv('f', header := true) rc", "t positional join w",
        "t semi join w on %c", "t anti join s.u using (id)",
        "t asof join s.u on t.id >= u.id", "p : t", "unnest([{'m': %e, 'n': %e}]) un(st)",
        "mt(%e)", "range(3) rg(m)" } },
    { 'f',
      IN_SQLITE,
      { "json_each(%e) z", "t indexed by ix", "json_tree(t.a, '$.f') as z",
        "pragma_table_info('t') z" } },
    { 'f',
      IN_TRINO,
      { "t, unnest(array[%e], array[%e]) with ordinality as un (m, n, o)",
        "table(fn(input => table(t) partition by id order by v, n => 1)) z",
        "t for timestamp as of %e" } },
    { 'i',
      IN_ALL, /* items */
      { "%e", "*", "t.*", "%e as m, %e as n", "a, b", "%e as a", "sum(v), %e", "p.*",
        "id", "count(*) filter (where %c)",
        "rank() over (partition by %e order by %e) as n", "sum(v) over n",
        "string_agg(a, ',' order by %e)",
        "sum(%e) over (n rows between 1 preceding and %e following exclude ties)",
        "%e as \"Odd \"\"Name\"", "%e m",
        "lag(%e, 1) ignore nulls over (order by %e) as n",
        "percentile_cont(0.5) within group (order by %e) as m", "%i, %i" } },
    { 'i',
      IN_SNOWFLAKE | IN_DUCKDB | IN_BIGQUERY | IN_SPARK | IN_REDSHIFT,
      { "* exclude (a)", "* except (a)", "t.* exclude (a, nowhere), %e as z",
        "* replace (%e as a)", "* rename (a as z)", "* exclude (b) replace (%e as a)",
        "p.* except (m)" } },
    { 'e',
      IN_ALL, /* an expression */
      { "a",
        "id",
        "t.a",
        "v",
        "%e",
        "%e || %e",
        "'secret'",
        "lower(%e)",
        "md5(%e || 'secret')",
        "case when %c then %e else %e end",
        "(select %e from %f)",
        "coalesce(%e, 'secret')",
        "max(%e)",
        "u.c",
        "o.b",
        "m",
        "p.n",
        "unknown(%e, 7)",
        "cast(%e as text)",
        "substr(%e, 1, 2)",
        "t",
        "(%q)",
        "case %e when %e then %e when 'secret' then %e end",
        "-%e + %e * (%e - 1.5e3)",
        "extract(year from %e)",
        "x",
        "r.a",
        "date '2020-01-01' + interval '1' day",
        "regexp_replace(%e, 'secret', '')",
        "nullif(%e, %e)",
        "sha2(concat(%e, 'secret'), 256)",
        "\"a\"",
        "k.m",
        "trim(both 'secret' from %e)",
        "position('secret' in %e)" } },
    { 'e', IN_ALL & ~IN_SQLITE, { "array[%e, %e]" } },
    { 'e', IN_POSTGRES | IN_DUCKDB, { "E'it\\'s secret'", "$q$secret$q$" } },
    { 'e',
      IN_POSTGRES | IN_REDSHIFT | IN_DUCKDB | IN_SNOWFLAKE,
      { "%e::text", "%e::json -> 'f' ->> 'g'", "(t).b", "(%e).f", "array(%q)",
        "%e #>> '{f,g}'", "row_to_json(t)", "jsonb_build_object('f', %e) -> 'f'",
        "(array[%e])[1:2]", "%e at time zone 'utc'", "%e collate \"C\"", "row(%e, %e)",
        "overlay(%e placing %e from 1 for 2)", "%e @> %e", "t.*" } },
    { 'e',
      IN_SNOWFLAKE,
      { "a:f.g[0]::string", "a['f']", "object_construct('f', %e):f", "iff(%c, %e, %e)",
        "$1", "$x", "fl.value", "fl.value:k::string",
        "array_agg(%e) within group (order by %e)", "try_cast(%e as int)",
        "decode(%e, %e, 'secret', %e)", "get_path(parse_json(%e), 'f.g')",
        "transform(a, z -> z + %e)", "object_construct(*)", "sm.metadata$action",
        "to_date(%e, 'secret')" } },
    { 'e',
      IN_BIGQUERY,
      { "struct(%e as f, %e as g)", "(select as struct a, b from t)", "a.f",
        "[%e, %e][offset(0)]", "json_value(%e, '$.f')", "if(%c, %e, %e)",
        "safe_cast(%e as string)", "@prm", "r\"secret\"", "\"secret\"",
        "'''it's secret'''", "array(select as struct %e as f from %f)", "el.m",
        "struct<f string>(%e).f", "array_agg(%e ignore nulls order by %e limit 1)",
        "date_trunc(%e, month)", "t.a.f.g" } },
    { 'e',
      IN_SPARK,
      { "named_struct('f', %e).f", "a.f", "a:f.g", "map('f', %e)['f']",
        "filter(array(%e), z -> z > %e)", "struct(%e, a).a", "if(%c, %e, %e)",
        "\"secret\"", "from_json(%e, 'f string, g int').f", "%e <=> %e",
        "get_json_object(%e, '$.f')", "aggregate(array(%e), 0, (s, z) -> s + z)",
        "transform_values(map('k', %e), (k, z) -> z)", "cast(%e as struct<f: int>).f" } },
    { 'e',
      IN_DUCKDB,
      { "{'f': %e, 'g': %e}.f", "[%e for z in [%e, %e] if %c]",
        "list_transform([%e], lambda z: z || 'secret')", "a.f.g", "map {'f': %e}['f']",
        "%e.lower().substr(1, 2)", "struct_pack(f := %e).f", "columns(*)", "unnest(%e)",
        "a[1:2]", "try_cast(%e as int)", "list(%e order by %e)", "getvariable('x')",
        "row(%e, %e)", "union_value(f := %e)", "st.m" } },
    { 'e',
      IN_SQLITE,
      { "%e -> '$.f'", "%e ->> 'f'", "json_extract(%e, '$.f', '$.g')", "iif(%c, %e, %e)",
        "%e glob 'secret*'", "group_concat(%e, 'secret')", "json_object('f', %e) ->> 'f'",
        "rowid", "`a`", "[a]", "x'secret'", ":prm" } },
    { 'e',
      IN_TRINO,
      { "row(%e, %e)", "cast(row(%e, %e) as row(f varchar, g int)).f",
        "transform(array[%e], z -> z || 'secret')",
        "element_at(map(array['f'], array[%e]), 'f')",
        "reduce(array[%e], 0, (s, z) -> s + z, s -> s)", "json_query(%e, 'lax $.f')",
        "try(%e)", "if(%c, %e, %e)", "array_agg(%e order by %e)", "a[1]" } },
    { 'c',
      IN_ALL, /* a condition */
      { "%e = %e", "%e = 'secret'", "%c and %c", "%e in (%e, 1)", "%e in (%q)",
        "exists (%q)", "%e is null", "not %c", "%e > any (%q)", "%e between %e and %e",
        "true", "%c or (%c)", "(%e, %e) = (%e, %e)", "(%e, %e) in (%q)",
        "%e is distinct from %e", "%e like '%%secret%%' escape '!'",
        "%e not in ('secret', %e)", "%e is not true", "%e similar to 'secret'" } },
};

struct grammar_maker {
    struct tl_str *out;
    const uint8_t *bytes;
    size_t n, at;
    unsigned depth;
    uint16_t dialect; /* enum grammar_dialects */
};

static inline const char *grammar_choose(struct grammar_maker *m, char letter)
{
    const char *found[4 * GRAMMAR_FORMS];
    unsigned n = 0;

    for (size_t i = 0; i < sizeof grammar / sizeof *grammar; i++)
        if (grammar[i].letter == letter && (grammar[i].dialects & m->dialect))
            for (unsigned k = 0; k < GRAMMAR_FORMS && grammar[i].forms[k]; k++)
                found[n++] = grammar[i].forms[k];
    if (!n)
        return "";
    return m->at < m->n && m->depth < GRAMMAR_DEEPEST ? found[m->bytes[m->at++] % n]
                                                      : found[0];
}

static inline void grammar_expand(struct grammar_maker *m, char letter)
{
    const char *form = grammar_choose(m, letter);

    m->depth++;
    for (const char *c = form; *c && m->out->n < GRAMMAR_MOST; c++) {
        if (*c == '%' && *++c != '%') {
            if (m->depth < 40)
                grammar_expand(m, *c);
            continue;
        }
        tl_str_add_char(m->out, *c);
    }
    m->depth--;
}

/* Adds a text of what the letter stands for. TAGLINE_FUZZ_SHOW in the environment: says it too, so that a finding can be read. */
static inline void grammar_make(struct tl_str *out, char letter,
                                enum tl_sql_dialect dialect, const uint8_t *bytes,
                                size_t n)
{
    struct grammar_maker maker = {
        .out = out, .bytes = bytes, .n = n, .dialect = (uint16_t)(1u << dialect)
    };

    grammar_expand(&maker, letter);
    if (getenv("TAGLINE_FUZZ_SHOW"))
        fprintf(stderr, "-- %s\n%s\n", tl_sql_dialect_word(dialect), out->text);
}

#endif
