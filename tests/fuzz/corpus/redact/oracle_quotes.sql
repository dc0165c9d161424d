select q'[jane]', q'!it's jane!', b from dual
