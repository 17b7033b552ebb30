"""${message}."""

import sqlalchemy as sa
from alembic import op

from todo_backend.migrations import set_oldest_compatible

revision = "${up_revision}"
down_revision = "${down_revision}"


def upgrade() -> None:
    pass
