select (select max(x) from "T") from (select * from "U" where exists (select 1 from "V" where a = "jane")) q
