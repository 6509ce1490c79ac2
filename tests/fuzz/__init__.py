"""Reading against whatever bytes: what must hold of every answer, hostile documents, and how much they cost."""
