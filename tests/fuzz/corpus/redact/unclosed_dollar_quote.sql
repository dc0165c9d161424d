select a, $x$ jane $y$ roe
