"""How much more page 1000 of 100,000 todos costs than page 1.

    python3 bench/late_page.py http://127.0.0.1:8000 postgresql://todo:...@127.0.0.1/todo

Makes a user through the API, gives them todos directly in the database (needs psycopg2), follows the cursors, and then
reads the first and the last page in turns, so that whatever else the machine does hits both. Prints JSON.
"""

import argparse
import json
import statistics
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

import psycopg2
from list_load import prepare

FILL = """
    INSERT INTO todo (id, account_id, title, description, completed, priority, due_at, due_is_date,
                      version, created_at, updated_at, title_key, search_text)
    SELECT gen_random_uuid(), %(account)s, 'todo ' || n, '', n %% 2 = 0, n %% 3, now() + n * interval '1 minute', false,
           1, now() - n * interval '1 s', now() - n * interval '1 s', 'todo ' || n, 'todo ' || n
    FROM generate_series(1, %(count)s) AS n
"""


class Reader:
    """One connection that reads pages."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> tuple[float, bytes]:
        """Return the seconds it took and the body; raises SystemExit if it was not answered with 200."""
        start = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:  # noqa: PLR2004
            raise SystemExit(f"GET {path}: {answer.status}: {body.decode()}")
        return time.perf_counter() - start, body


def fill(dsn: str, account: str, count: int) -> None:
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"account": account, "count": count})
        cursor.execute("VACUUM ANALYZE todo")
    connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("database")
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--sort", default="-created_at")
    parser.add_argument("--repeat", type=int, default=300)
    arguments = parser.parse_args()
    reader = Reader(arguments.url, prepare(arguments.url, 0))
    account = json.loads(reader.get("/api/auth/me")[1])["id"]
    fill(arguments.database, account, arguments.pages * 100)
    first = f"/api/todos/?limit=100&sort={arguments.sort}"
    late = first
    for _ in range(arguments.pages - 1):
        late = f"{first}&cursor={json.loads(reader.get(late)[1])['next_cursor']}"
    times: dict[str, list[float]] = {first: [], late: []}
    for _ in range(arguments.repeat):
        for path, taken in times.items():
            taken.append(reader.get(path)[0])
    medians = [statistics.median(taken) * 1000 for taken in times.values()]
    print(
        json.dumps(
            {
                "page": arguments.pages,
                "first_ms": round(medians[0], 2),
                "late_ms": round(medians[1], 2),
                "ratio": round(medians[1] / medians[0], 2),
            }
        )
    )


if __name__ == "__main__":
    main()
