select [First Name], array['jane', 5], m['jane'], [7], [dbo].[t] from x
