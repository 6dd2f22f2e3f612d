"""On the path of a Python that an engine starts, this makes documents with a word of poison do what it says (see ``batches``).

Everything else is as it is: the engines run the command and the adapters that people run.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

try:
    import batches
    from cleaner import arrow
    from cleaner.batch import work
except ImportError:
    # A Python that knows nothing of this package.
    pass
else:
    document, one = work.Processor._document, arrow._Rows._one

    def poisoned_document(self, record):
        batches.poison(record.data)
        return document(self, record)

    def poisoned_one(self, text, url):
        batches.poison(text)
        return one(self, text, url)

    work.Processor._document = poisoned_document
    arrow._Rows._one = poisoned_one
