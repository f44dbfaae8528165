"""The two roles that look: `tideline_dashboard` reads the views of everybody, `tideline_person` those of persons too.

Roles belong to the whole server, and many databases may be migrated on it at once; so a role that somebody else has
just made is as good as one's own. A role cannot log in until it has a password.
"""

from sqlalchemy import Connection, text

DASHBOARD = "tideline_dashboard"
PERSON = "tideline_person"
ROLES = (DASHBOARD, PERSON)
LOCK = 7_404_008  # advisory: the rights within one database are given by one at a time
SCHEMAS = {DASHBOARD: ("dashboard",), PERSON: ("dashboard", "person")}

_MAKE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege OR internal_error THEN
    NULL;  -- made by another meanwhile, or not for us to make: whoever called looks
END $$
"""
_JOIN = f"""
DO $$
BEGIN
    IF NOT pg_has_role('{PERSON}', '{DASHBOARD}', 'MEMBER') THEN
        GRANT {DASHBOARD} TO {PERSON};
    END IF;
EXCEPTION WHEN unique_violation OR duplicate_object OR insufficient_privilege OR internal_error THEN
    NULL;  -- as above; `tuple concurrently updated` is an internal error
END $$
"""


def make_roles(connection: Connection) -> list[str]:
    """Make the roles where they are missing and let them read; returns what an administrator must run instead.

    For who owns the schemas. May be repeated at any time.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    for role in ROLES:
        connection.execute(text(_MAKE.format(role=role)))
    missing = missing_roles(connection)
    if len(missing) < len(ROLES):
        _let_read(connection, [role for role in ROLES if role not in missing])
    if not missing:
        connection.execute(text(_JOIN))
    return what_to_run(connection, missing)


def missing_roles(connection: Connection) -> list[str]:
    found = connection.execute(text("SELECT rolname FROM pg_roles WHERE rolname = ANY(:roles)"), {"roles": list(ROLES)})
    names = set(found.scalars())
    return [role for role in ROLES if role not in names]


def what_to_run(connection: Connection, missing: list[str]) -> list[str]:
    """The statements that only an administrator may run."""
    statements = [f"CREATE ROLE {role} NOLOGIN;" for role in missing]
    joined = not missing and connection.execute(text(f"SELECT pg_has_role('{PERSON}', '{DASHBOARD}', 'MEMBER')"))
    if not joined or not joined.scalar_one():
        statements.append(f"GRANT {DASHBOARD} TO {PERSON};")
    return statements


def _let_read(connection: Connection, roles: list[str]) -> None:
    """Views only: the schemas hold nothing else. Views of later migrations are included."""
    for role in roles:
        for schema in SCHEMAS[role]:
            connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {role}"))
            connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}"))
            connection.execute(text(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {role}"))
