/*
 * What all parts of the parser lean on, and the loop over statements. A statement that is refused leaves its problem and nothing else:
 * the nodes it had made are given back.
 */
#include "lineage/sql/parse.h"

#include "base/mem.h"
#include "lineage/sql/names.h"

enum { FIRST_NODES = 64, LONGEST_SHOWN = 24 };

/* ---- refusing ---- */

void tl_parse_go_to_end(struct tl_sql_parser *p)
{
    p->now = &p->tree->tokens[p->tree->n_tokens - 3];
}

void tl_parse_refuse(struct tl_sql_parser *p, uint32_t at, const char *what)
{
    struct tl_sql_tree *tree = p->tree;

    tl_parse_go_to_end(p);
    if (p->failed)
        return;
    p->failed = true;
    if (tree->n_problems == tree->problem_room) {
        tree->problem_room = tree->problem_room ? tree->problem_room * 2 : 8;
        tree->problems =
            tl_realloc(tree->problems, tree->problem_room, sizeof *tree->problems);
    }
    struct tl_sql_parse_problem *problem = &tree->problems[tree->n_problems++];
    problem->at = at;
    snprintf(problem->what, sizeof problem->what, "%s", what);
}

/*
 * Words of SQL are shown, names are not: behind a quote that is missing or one too many, what looks like a name is a piece of somebody's
 * text.
 */
static void describe(char *out, size_t room, const struct tl_sql_parser *p,
                     const struct tl_sql_token *token)
{
    static const char *const kinds[TL_T_KINDS] = {
        [TL_T_END] = "the end",
        [TL_T_WORD] = "a name",
        [TL_T_QUOTED] = "a quoted name",
        [TL_T_NUMBER] = "a number",
        [TL_T_TEXT] = "a text",
        [TL_T_PARAMETER] = "a parameter",
        [TL_T_ODD] = "a byte that is no SQL",
    };

    if (token->kind == TL_T_WORD && token->word)
        snprintf(out, room, "'%s'", tl_sql_keywords[token->word].text);
    else if (kinds[token->kind])
        snprintf(out, room, "%s", kinds[token->kind]);
    else
        snprintf(out, room, "'%.*s'",
                 (int)(token->value - token->at > LONGEST_SHOWN
                           ? LONGEST_SHOWN
                           : token->value - token->at),
                 p->lexer.text + token->at);
}

void tl_parse_expected(struct tl_sql_parser *p, const char *what)
{
    char found[64];
    char message[300];

    if (p->failed)
        return;
    describe(found, sizeof found, p, p->now);
    snprintf(message, sizeof message, "expected %s, found %s", what, found);
    tl_parse_refuse(p, p->now->at, message);
}

bool tl_parse_expect(struct tl_sql_parser *p, enum tl_sql_token_kind kind,
                     const char *what)
{
    if (tl_parse_accept(p, kind))
        return true;
    tl_parse_expected(p, what);
    return false;
}

bool tl_parse_expect_word(struct tl_sql_parser *p, enum tl_sql_keyword word)
{
    char quoted[40];

    if (tl_parse_accept_word(p, word))
        return true;
    snprintf(quoted, sizeof quoted, "'%s'", tl_sql_keywords[word].text);
    tl_parse_expected(p, quoted);
    return false;
}

bool tl_parse_refuse_depth(struct tl_sql_parser *p)
{
    tl_parse_refuse(p, p->now->at, "nested more than 5,000 levels deep");
    return false;
}

void tl_parse_skip_parens(struct tl_sql_parser *p)
{
    uint32_t open = 0;

    tl_parse_expect(p, TL_T_OPEN, "'('");
    for (open = 1; open && !tl_parse_is(p, TL_T_END); p->now++)
        open += tl_parse_is(p, TL_T_OPEN) ? 1u : tl_parse_is(p, TL_T_CLOSE) ? -1u : 0u;
    if (open)
        tl_parse_expected(p, "')'");
}

/* ---- names ---- */

/* 'x' where a text may stand for a name: its bytes, doubled quotes undone. */
static uint32_t name_of_text(struct tl_sql_parser *p, const struct tl_sql_token *token)
{
    uint32_t n = 0;
    char *bytes = tl_alloc(token->value - token->at, 1);

    for (uint32_t i = token->at + 1; i + 1 < token->value; i++) {
        bytes[n++] = p->lexer.text[i];
        if (p->lexer.text[i] == '\'')
            i++;
    }
    uint32_t name = tl_sql_name_add(p->names, bytes, n, true);
    tl_free(bytes);
    return name;
}

uint32_t tl_parse_label(struct tl_sql_parser *p, const char *what)
{
    uint32_t name;

    if (tl_parse_is(p, TL_T_WORD) || tl_parse_is(p, TL_T_QUOTED)) {
        name = p->now->value;
    } else if (tl_parse_is(p, TL_T_TEXT) &&
               ((p->grammar & TL_SQL_TEXT_ALIASES) ||
                ((p->forms & TL_SQL_TEXT_BEHIND_AS) && p->now[-1].word == TL_K_AS))) {
        name = name_of_text(p, p->now);
    } else {
        tl_parse_expected(p, what);
        return 0;
    }
    p->now++;
    return name;
}

/* :name and :"name" of psql, &name of snowsql: whatever they stand for has that name. */
static bool is_shell_variable(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *t = p->now;

    return (t->kind == TL_T_COLON ||
            (t->kind == TL_T_OPERATOR && p->lexer.text[t->at] == '&')) &&
           t[1].at == t->at + 1 && (t[1].kind == TL_T_WORD || t[1].kind == TL_T_QUOTED);
}

uint32_t tl_parse_name(struct tl_sql_parser *p, const char *what)
{
    if (tl_parse_is(p, TL_T_WORD) && !tl_parse_is_name(p, p->now)) {
        tl_parse_expected(p, what);
        return 0;
    }
    if (tl_parse_is(p, TL_T_PARAMETER) && p->now->value > p->now->at + 3 &&
        p->lexer.text[p->now->at + 1] ==
            '{') { /* ${name}: whatever it is, it has that name */
        p->now++;
        return tl_sql_name_exact(p->names, p->lexer.text + p->now[-1].at,
                                 p->now[-1].value - p->now[-1].at);
    }
    if (is_shell_variable(p)) {
        p->now += 2;
        return tl_sql_name_exact(p->names, p->lexer.text + p->now[-2].at,
                                 tl_sql_token_end(&p->lexer, p->now - 1) - p->now[-2].at);
    }
    return tl_parse_label(p, what);
}

uint32_t tl_parse_name_list(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    tl_parse_expect(p, TL_T_OPEN, "'('");
    do {
        uint32_t node = tl_parse_node(p, TL_N_NAME, p->now->at);
        uint32_t name = tl_parse_name(p, "a column");

        tl_parse_get(p, node)->name = name;
        tl_parse_append(p, &list, node);
    } while (tl_parse_accept(p, TL_T_COMMA));
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    return list.first;
}

/* my-project: the words and dashes that stand without space between them */
static uint32_t join_dashes(struct tl_sql_parser *p, const struct tl_sql_token *first,
                            uint32_t name)
{
    uint32_t end = tl_sql_token_end(&p->lexer, first);
    const struct tl_sql_token *t = p->now;

    while (t->kind == TL_T_MINUS && t->at == end &&
           (t[1].kind == TL_T_WORD || t[1].kind == TL_T_NUMBER) && t[1].at == end + 1) {
        end = tl_sql_token_end(&p->lexer, t + 1);
        t += 2;
    }
    if (t == p->now)
        return name;
    p->now = t;
    return tl_sql_name_exact(p->names, p->lexer.text + first->at, end - first->at);
}

/* `project.dataset.table` in one pair of backticks */
static void split_quoted(struct tl_sql_parser *p, uint32_t parts[4])
{
    const char *text = tl_sql_name_text(p->names, parts[0]);
    const char *dot;
    unsigned n = 0;

    char *copy = tl_strdup(text);
    const char *from = copy;
    for (; n < 3 && (dot = strchr(from, '.')); n++) {
        parts[3] = parts[2];
        parts[2] = parts[1];
        parts[1] = tl_sql_name_exact(p->names, from, (uint32_t)(dot - from));
        from = dot + 1;
    }
    parts[0] = tl_sql_name_exact(p->names, from, (uint32_t)strlen(from));
    tl_free(copy);
}

/* identifier('t'), identifier(:x), identifier($x): the name is what the expression gives. */
static bool is_dynamic_name(const struct tl_sql_parser *p)
{
    return p->now[1].kind == TL_T_OPEN &&
           (p->now[2].kind == TL_T_TEXT || p->now[2].kind == TL_T_COLON ||
            p->now[2].kind == TL_T_PARAMETER) &&
           tl_parse_says(p, p->now, "identifier");
}

uint32_t tl_parse_dynamic_name(struct tl_sql_parser *p)
{
    uint32_t node = tl_parse_node(p, TL_N_TABLE, p->now->at);

    p->now += 2;
    uint32_t expression = tl_parse_expression(p);
    tl_parse_expect(p, TL_T_CLOSE, "')'");
    tl_parse_get(p, node)->flags = TL_F_DYNAMIC;
    tl_parse_get(p, node)->b = expression;
    return node;
}

uint32_t tl_parse_table_name(struct tl_sql_parser *p)
{
    if (is_dynamic_name(p))
        return tl_parse_dynamic_name(p);
    uint32_t node = tl_parse_node(p, TL_N_TABLE, p->now->at);
    const struct tl_sql_token *first = p->now;
    bool has_dashes = p->lexer.lexical & TL_SQL_DASH_NAMES;
    uint32_t parts[4] = { tl_parse_name(p, "a table") };

    if (has_dashes && first->kind == TL_T_WORD)
        parts[0] = join_dashes(p, first, parts[0]);
    while (tl_parse_accept(p, TL_T_DOT)) {
        parts[3] = parts[2];
        parts[2] = parts[1];
        parts[1] = parts[0];
        if (tl_parse_is(p, TL_T_DOT)) /* a..t: the default schema */
            parts[0] = 0;
        else
            parts[0] = tl_parse_label(p, "a table");
    }
    if (has_dashes && first->kind == TL_T_QUOTED && !parts[1] && !p->failed)
        split_quoted(p, parts);
    struct tl_sql_node *table = tl_parse_get(p, node);
    table->name = parts[0];
    table->b = parts[1];
    table->c = parts[2];
    return node;
}

/* ---- types ---- */

/* array<struct<a int, b text>>: `>>` closes two */
static void skip_angles(struct tl_sql_parser *p)
{
    uint32_t open = 0;

    do {
        if (tl_parse_is(p, TL_T_COMPARE) || tl_parse_is(p, TL_T_OPERATOR)) {
            for (uint32_t i = p->now->at; i < p->now->value; i++) {
                open += p->lexer.text[i] == '<';
                open -= p->lexer.text[i] == '>' && open;
            }
        }
        tl_parse_step(p);
    } while (open && !tl_parse_is(p, TL_T_END));
    if (open)
        tl_parse_expected(p, "'>'");
}

bool tl_parse_skip_angles(struct tl_sql_parser *p)
{
    if (!(p->grammar & TL_SQL_ANGLE_TYPES) || !tl_parse_is(p, TL_T_COMPARE) ||
        p->lexer.text[p->now->at] != '<')
        return false;
    skip_angles(p);
    return true;
}

/* Words that go on with a type's name: precision, varying, with time zone, large object, the fields of an interval. */
static void skip_type_words(struct tl_sql_parser *p, uint16_t first)
{
    for (;;) {
        const struct tl_sql_token *t = p->now;

        switch ((enum tl_sql_keyword)t->word) {
        case TL_K_PRECISION:
        case TL_K_VARYING:
            p->now++;
            continue;
        case TL_K_CHARACTER:
        case TL_K_CHAR:
        case TL_K_VARCHAR:
            if (first != TL_K_NATIONAL)
                return;
            p->now++;
            continue;
        case TL_K_WITH:
        case TL_K_WITHOUT:
            if (t[1].word == TL_K_TIME && t[2].word == TL_K_ZONE)
                p->now += 3;
            else if (t[1].word == TL_K_LOCAL && t[2].word == TL_K_TIME)
                p->now += 4;
            else
                return;
            continue;
        case TL_K_YEAR:
        case TL_K_MONTH:
        case TL_K_DAY:
        case TL_K_HOUR:
        case TL_K_MINUTE:
        case TL_K_SECOND:
            if (first != TL_K_INTERVAL)
                return;
            p->now += t[1].word == TL_K_TO ? 2 : 1;
            if (tl_parse_is(p, TL_T_OPEN))
                tl_parse_skip_parens(p);
            continue;
        default:
            return;
        }
    }
}

/* SQLite: words up to what cannot be one, then perhaps (n) or (n, m). */
static void skip_loose_type(struct tl_sql_parser *p)
{
    while ((tl_parse_is(p, TL_T_WORD) || tl_parse_is(p, TL_T_QUOTED) ||
            tl_parse_is(p, TL_T_TEXT)) &&
           !(tl_parse_limits(p, p->now->word) & TL_KW_NOT_NAME) &&
           !tl_parse_are_words(p, TL_K_GENERATED, TL_K_ALWAYS))
        p->now++;
    if (tl_parse_is(p, TL_T_OPEN))
        tl_parse_skip_parens(p);
}

static void skip_type(struct tl_sql_parser *p)
{
    uint16_t first = p->now->word;

    if (tl_parse_is_word(p, TL_K_SETOF))
        p->now++;
    tl_parse_label(p, "a type");
    while (tl_parse_accept(p, TL_T_DOT))
        tl_parse_label(p, "a type");
    if (tl_parse_is(p, TL_T_SLASH) && p->now[1].word == TL_K_TYPE)
        p->now += 2;
    skip_type_words(p, first);
    if (tl_parse_is(p, TL_T_OPEN))
        tl_parse_skip_parens(p);
    tl_parse_skip_angles(p);
    skip_type_words(p, first);
    if (tl_parse_accept_word(p, TL_K_ARRAY) && !tl_parse_is(p, TL_T_OPEN_BRACKET))
        return;
    while (tl_parse_accept(p, TL_T_OPEN_BRACKET)) {
        if (!tl_parse_is(p, TL_T_CLOSE_BRACKET))
            tl_parse_step(p);
        tl_parse_expect(p, TL_T_CLOSE_BRACKET, "']'");
    }
}

uint32_t tl_parse_type(struct tl_sql_parser *p)
{
    const struct tl_sql_token *first = p->now;

    if (p->grammar & TL_SQL_LOOSE_TYPES)
        skip_loose_type(p);
    else
        skip_type(p);
    if (p->failed || p->now == first)
        return 0;
    return tl_sql_name_exact(p->names, p->lexer.text + first->at,
                             tl_sql_token_end(&p->lexer, p->now - 1) - first->at);
}

/* ---- statements ---- */

uint32_t tl_parse_other(struct tl_sql_parser *p, uint32_t at)
{
    tl_parse_go_to_end(p);
    return tl_parse_node(p, TL_N_OTHER, at);
}

/* Behind the last token that is there. */
static uint32_t end_of_tokens(const struct tl_sql_parser *p)
{
    const struct tl_sql_tree *tree = p->tree;

    return tree->n_tokens > 3 && !p->lexer.problem
               ? tl_sql_token_end(&p->lexer, &tree->tokens[tree->n_tokens - 4])
               : tree->tokens[tree->n_tokens - 3].at;
}

void tl_parse_put_end(struct tl_sql_tree *tree, uint32_t end)
{
    if (tree->n_ends == tree->end_room) {
        tree->end_room = tree->end_room ? tree->end_room * 2 : 8;
        tree->ends = tl_realloc(tree->ends, tree->end_room, sizeof *tree->ends);
    }
    tree->ends[tree->n_ends++] = end;
}

/* One statement of which the tokens are there; 0: an empty one. */
static uint32_t parse_tokens(struct tl_sql_parser *p)
{
    struct tl_sql_tree *tree = p->tree;
    uint32_t n_nodes = tree->n_nodes, n_ends = tree->n_ends;
    uint32_t last_inline = tree->last_inline;

    p->now = tree->tokens;
    p->depth = 0;
    p->failed = false;
    p->is_merging = false;
    p->reads_files = false;
    if (tl_parse_is(p, TL_T_END) && !p->lexer.problem)
        return p->now->flags & TL_TF_SHELL ? tl_parse_node(p, TL_N_OTHER, p->now->at) : 0;
    uint32_t at = p->now->at;
    uint32_t statement = 0;
    if (!p->lexer.problem)
        statement = tl_parse_statement(p);
    if (!p->failed && tl_parse_is_flow(p))
        statement = tl_parse_flow(p, statement);
    if (p->lexer.problem) { /* met by lex_more too */
        p->failed = false;
        tl_parse_refuse(p, p->lexer.problem_at, p->lexer.problem);
        if (p->lexer.problem_at < at) /* in front of all that became a token */
            at = p->lexer.problem_at;
    }
    if (!p->failed && !tl_parse_is(p, TL_T_END))
        tl_parse_expected(p, "the end of the statement");
    if (!p->failed)
        return statement;
    tl_parse_blame_template(p);
    tree->n_nodes = n_nodes;
    tree->n_ends = n_ends;
    tree->last_inline = last_inline;
    if (last_inline)
        tl_parse_get(p, last_inline)->next = 0;
    else
        tree->first_inline = 0;
    return tl_parse_node(p, TL_N_NOT_UNDERSTOOD, at);
}

static struct tl_sql_parser parser_of(struct tl_sql_tree *tree,
                                      struct tl_sql_names *names,
                                      const struct tl_sql_traits *traits,
                                      const char *text, uint32_t n)
{
    return (struct tl_sql_parser){
        .tree = tree,
        .names = names,
        .traits = traits,
        .grammar = traits->grammar,
        .clauses = traits->clauses,
        .forms = traits->forms,
        .family = traits->family,
        .lexer = tl_sql_lexer_of(traits, names, tree, text, 0, n),
    };
}

void tl_sql_parse(struct tl_sql_tree *tree, struct tl_sql_names *names,
                  const struct tl_sql_traits *traits, const char *text, uint32_t n)
{
    struct tl_parse_list statements = { 0 };
    struct tl_sql_parser p = parser_of(tree, names, traits, text, n);

    tree->n_nodes = 0;
    tree->n_problems = 0;
    tree->n_ends = 0;
    tree->text = text;
    tree->n_text = tree->n_given = n;
    tree->n_pieces = 0;
    tree->triggers = 0;
    tree->first_inline = tree->last_inline = 0;
    tl_parse_node(&p, TL_N_NONE, 0);
    while (tl_sql_lex(&p.lexer)) {
        uint32_t end = end_of_tokens(&p);
        uint32_t statement = parse_tokens(&p);

        if (!statement)
            continue;
        if (tree->n_tokens > 3 && end_of_tokens(&p) > end) /* a body went on */
            end = end_of_tokens(&p);
        tl_parse_put_end(tree, end);
        tl_parse_append(&p, &statements, statement);
    }
    tree->nodes[0] =
        (struct tl_sql_node){ 0 }; /* refused statements may have written there */
    tree->first = statements.first;
}

uint32_t tl_sql_parse_more(struct tl_sql_tree *tree, struct tl_sql_names *names,
                           const struct tl_sql_traits *traits, uint32_t at, uint32_t n)
{
    struct tl_sql_parser p = parser_of(tree, names, traits, tree->text, at + n);

    p.lexer.at = at;
    p.lexer.lexical &= ~(uint32_t)TL_SQL_SHELL_LINES;
    if (!tl_sql_lex(&p.lexer))
        return 0;
    while (tl_sql_lex_more(&p.lexer))
        ;
    p.now = tree->tokens;
    return tl_parse_text_statements(&p);
}

/* ---- the tree ---- */

enum { MOST_TEXT = INT32_MAX };

uint32_t tl_sql_tree_add(struct tl_sql_tree *tree, const char *bytes, uint32_t n,
                         uint32_t at, bool is_exact)
{
    /* A byte lies between: the end of the text proper is a place of its own. */
    uint32_t base = tree->n_text + (tree->n_pieces == 0);

    if (base > MOST_TEXT || n > MOST_TEXT - base)
        return 0;
    if (tree->text != tree->copy || base + n > tree->copy_room) {
        uint32_t room = base + n + base / 2 + 64; /* less than 4 GiB by the ceiling */
        char *copy = tl_alloc(room, 1);

        memcpy(copy, tree->text, tree->n_text);
        tl_free(tree->copy);
        tree->copy = copy;
        tree->copy_room = room;
        tree->text = copy;
    }
    if (base > tree->n_text)
        tree->copy[tree->n_text] = '\n';
    memcpy(tree->copy + base, bytes, n);
    tree->n_text = base + n;
    if (tree->n_pieces == tree->piece_room) {
        tree->piece_room = tree->piece_room ? tree->piece_room * 2 : 16;
        tree->pieces = tl_realloc(tree->pieces, tree->piece_room, sizeof *tree->pieces);
    }
    tree->pieces[tree->n_pieces++] = (struct tl_sql_stretch){ base, n, at, is_exact };
    return base;
}

static uint32_t add_node(struct tl_sql_tree *tree, struct tl_sql_node node)
{
    if (tree->n_nodes == tree->room)
        tl_parse_more_nodes(tree);
    tree->nodes[tree->n_nodes] = node;
    return tree->n_nodes++;
}

static bool is_plain_query(const struct tl_sql_tree *tree, uint32_t i)
{
    if (tree->nodes[i].kind != TL_N_QUERY)
        return false;
    uint8_t body = tree->nodes[tree->nodes[i].b].kind;

    return body == TL_N_SELECT || body == TL_N_SET || body == TL_N_VALUES ||
           body == TL_N_QUERY;
}

void tl_sql_tree_name_query(struct tl_sql_tree *tree, uint32_t database, uint32_t schema,
                            uint32_t name)
{
    uint32_t found = 0;

    for (uint32_t i = tree->first; i; i = tree->nodes[i].next)
        if (is_plain_query(tree, i))
            found = i;
    if (!found)
        return;
    struct tl_sql_node query = tree->nodes[found];
    struct tl_sql_node view = { .kind = TL_N_CREATE_VIEW,
                                .at = query.at,
                                .next = query.next };
    query.next = 0;
    view.c = add_node(tree, query);
    view.a = add_node(tree, (struct tl_sql_node){ .kind = TL_N_TABLE,
                                                  .at = query.at,
                                                  .name = name,
                                                  .b = schema,
                                                  .c = database });
    tree->nodes[found] = view;
}

uint32_t tl_sql_tree_origin(const struct tl_sql_tree *tree, uint32_t at)
{
    while (tree->n_pieces && at >= tree->pieces[0].base) {
        uint32_t low = 0, high = tree->n_pieces;

        while (high - low > 1) {
            uint32_t middle = low + (high - low) / 2;
            if (tree->pieces[middle].base <= at)
                low = middle;
            else
                high = middle;
        }
        const struct tl_sql_stretch *piece = &tree->pieces[low];
        at = piece->is_exact ? piece->at + (at - piece->base) : piece->at;
    }
    return at;
}

void tl_parse_more_nodes(struct tl_sql_tree *tree)
{
    tree->room = tree->room ? tree->room * 2 : FIRST_NODES;
    tree->nodes = tl_realloc(tree->nodes, tree->room, sizeof *tree->nodes);
}

void tl_sql_tree_init(struct tl_sql_tree *tree)
{
    *tree = (struct tl_sql_tree){ 0 };
}

void tl_sql_tree_release(struct tl_sql_tree *tree)
{
    tl_free(tree->nodes);
    tl_free(tree->problems);
    tl_free(tree->tokens);
    tl_free(tree->ends);
    tl_free(tree->copy);
    tl_free(tree->pieces);
    *tree = (struct tl_sql_tree){ 0 };
}
