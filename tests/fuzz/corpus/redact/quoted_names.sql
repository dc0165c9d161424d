select "First Name", u."odd ""name""" as "Given", `it's`, [email] from "Users" u join "Orders" o on true
