"""Operations and places of a membrane programme, by number (see `rheobase.kernel.programme`)."""

OPERATIONS = ("add", "sub", "mul", "div", "fma", "fms", "fnma", "log", "exp", "sqrt", "max", "min", "copy")
PLACES = ("register", "number", "potential", "gate", "state", "shape", "flow")
