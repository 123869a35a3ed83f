from initiatives.imports.tables import read

read_file = read
