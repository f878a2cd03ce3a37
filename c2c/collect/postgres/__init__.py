"""The same crawl by several machines: ledger and pace as tables of PostgreSQL, turns as jobs of Procrastinate."""
