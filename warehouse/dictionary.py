"""The data dictionary, from the comments in the schema: ``python -m warehouse.dictionary`` writes DICTIONARY.md."""

from pathlib import Path

import duckdb

from warehouse.migrate import migrate

PLACE = Path(__file__).with_name("DICTIONARY.md")

_HEAD = """# Data dictionary

Made by `python -m warehouse.dictionary` from the comments in `migrations/`, `views/` and `macros/`, where to edit it.
Query the views and macros. The tables of schema `base` are what they are made of, and may change with a version.
All times are UTC without a zone.
"""
_VIEWS = "select view_name, comment from duckdb_views() where schema_name = 'main' and not internal order by 1"
_TABLES = "select table_name, comment from duckdb_tables() where schema_name = 'base' order by 1"
_MACROS = (
    "select function_name, parameters, comment from duckdb_functions() "
    "where function_type = 'table_macro' and schema_name = 'main' and not internal order by 1"
)
_COLUMNS = (
    "select column_name, lower(data_type), comment from duckdb_columns() "
    "where schema_name = ? and table_name = ? order by column_index"
)


def dictionary() -> str:
    """What every view, macro, table and column of this version's schema means, as Markdown."""
    with duckdb.connect(":memory:") as con:
        migrate(con, Path(":memory:"))
        parts = [_HEAD, "\n## Views\n"]
        for view, comment in con.execute(_VIEWS).fetchall():
            parts.append(_section(con, "main", view, comment))
        parts.append("\n## Macros\n")
        for macro, parameters, comment in con.execute(_MACROS).fetchall():
            given = ", ".join(parameters)
            answer = con.execute(f"describe from {macro}({', '.join(['null'] * len(parameters))})")
            parts.append(f"\n### `{macro}({given})`\n\n{comment}\n\n| column | type |\n|---|---|\n")
            parts += [f"| `{row[0]}` | {row[1].lower()} |\n" for row in answer.fetchall()]
        parts.append("\n## Tables of `base`\n")
        for table, comment in con.execute(_TABLES).fetchall():
            parts.append(_section(con, "base", table, comment))
    return "".join(parts)


def _section(con: duckdb.DuckDBPyConnection, schema: str, name: str, comment: str) -> str:
    rows = con.execute(_COLUMNS, [schema, name]).fetchall()
    table = "".join(f"| `{column}` | {kind} | {meaning} |\n" for column, kind, meaning in rows)
    return f"\n### `{name}`\n\n{comment}\n\n| column | type | |\n|---|---|---|\n{table}"


if __name__ == "__main__":
    PLACE.write_text(dictionary(), "utf-8")
