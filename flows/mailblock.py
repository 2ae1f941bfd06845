"""The mail server that a Prefect block names. Imported only where one is set, since Prefect takes seconds to import."""

import asyncio

from prefect_email import EmailServerCredentials
from prefect_email.credentials import SMTPServer, SMTPType
from pydantic import ValidationError

from flows.errors import InputError, UnreachableError
from flows.settings import PREFIX, Settings, host_name
from flows.tell.smtp import Security

_SECURITY: dict[SMTPType, Security] = {
    SMTPType.SSL: "tls",
    SMTPType.STARTTLS: "starttls",
    SMTPType.INSECURE: "plain",
}


def with_block(settings: Settings) -> Settings:
    """The settings with host, port, security and login of the block ``smtp_block``, as if they were set. No running
    event loop may be in this thread.

    Its ``get_server`` is not called: a server that it connects to may keep a run waiting for ever, and it would send a
    login in the clear. Raises InputError for a block that is not there or cannot be used, UnreachableError without
    Prefect's API.
    """
    name = settings.smtp_block or ""
    said = f"{PREFIX}SMTP_BLOCK={name!r}"
    try:
        block = asyncio.run(EmailServerCredentials.aload(name))
    except ValidationError as error:  # whose text would have what was put in
        fields = ", ".join(str(fault["loc"][0]) if fault["loc"] else "it" for fault in error.errors())
        raise InputError(f"{said}: the block cannot be used: {fields}") from None
    except ValueError as error:
        hint = "`prefect block ls` lists them"
        raise InputError(f"{said}: Prefect has no Email Server Credentials of this name: {hint}") from error
    except Exception as error:  # of several libraries, as it happens that the API is not there
        raise UnreachableError(f"{said}: Prefect's API does not give it ({type(error).__name__}): {error}") from error
    if not block.verify:
        raise InputError(
            f"{said}: the block has `verify` off, which would send mails to whoever answers; "
            f"turn it on, and name an authority of your own in {PREFIX}SMTP_CA"
        )
    host = block.smtp_server.value if isinstance(block.smtp_server, SMTPServer) else block.smtp_server
    kind = block.smtp_type if isinstance(block.smtp_type, SMTPType) else SMTPType[block.smtp_type]
    try:
        host = host_name(host)
    except ValueError as error:
        raise InputError(f"{said}: smtp_server: {error}") from error
    return settings.model_copy(
        update={
            "smtp_block": None,
            "smtp_host": host,
            "smtp_port": block.smtp_port or kind.value,
            "smtp_security": _SECURITY[kind],
            "smtp_user": block.username or None,
            "smtp_password": block.password if block.password.get_secret_value() else None,
        }
    )
