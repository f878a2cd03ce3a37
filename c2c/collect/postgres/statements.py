"""The longer statements of the ledger in PostgreSQL."""

CHANGED = "changed = nextval('changes')"
ADD = """
INSERT INTO panorama (crawl, id, state, lat_deg, lon_deg, elevation_m, distance_m, parent, depth, turn, changed)
SELECT %(crawl)s, told.*, nextval('changes') FROM (
    SELECT id, state, lat_deg, lon_deg, elevation_m, distance_m, %(parent)s, %(depth)s::int, %(last)s::bigint + turn
    FROM unnest(
        %(id)s::text[], %(state)s::text[], %(lat_deg)s::float8[], %(lon_deg)s::float8[], %(elevation_m)s::float8[],
        %(distance_m)s::float8[], %(turn)s::bigint[]
    ) AS entry (id, state, lat_deg, lon_deg, elevation_m, distance_m, turn)
    ORDER BY id
) AS told
ON CONFLICT (crawl, id) DO UPDATE SET
    state = CASE WHEN panorama.lat_deg IS NULL THEN excluded.state ELSE panorama.state END,
    elevation_m = coalesce(panorama.elevation_m, excluded.elevation_m),
    distance_m = coalesce(panorama.distance_m, excluded.distance_m),
    lat_deg = coalesce(panorama.lat_deg, excluded.lat_deg), lon_deg = coalesce(panorama.lon_deg, excluded.lon_deg),
    parent = CASE WHEN %(again)s THEN excluded.parent ELSE panorama.parent END,
    depth = CASE WHEN %(again)s THEN excluded.depth ELSE panorama.depth END,
    turn = CASE WHEN %(again)s THEN excluded.turn ELSE panorama.turn END,
    changed = excluded.changed
WHERE panorama.state = 'queued'
RETURNING id, state, turn
"""
CLAIM = f"""
UPDATE panorama SET state = 'claimed', worker = %(worker)s, {CHANGED},
    lease_until = clock_timestamp() + %(lease_s)s * interval '1 second'
WHERE crawl = %(crawl)s AND state = 'queued' AND again_at <= clock_timestamp() AND id = {{which}}
RETURNING id, tries, lat_deg, lon_deg, elevation_m, changed
"""
NEXT = """(
    SELECT id FROM panorama WHERE crawl = %(crawl)s AND state = 'queued' AND again_at <= clock_timestamp()
    ORDER BY {turn} LIMIT 1
)"""
ORDERS = {"dfs": "turn DESC", "bfs": "turn", "nearest": "distance_m IS NOT NULL, distance_m, id"}
EXPIRE = f"""
UPDATE panorama SET state = 'queued', worker = NULL, {CHANGED}
WHERE crawl = %(crawl)s AND state = 'claimed' AND (lease_until <= clock_timestamp() OR id = ANY(%(lost)s))
"""
WAITS = """
SELECT extract(epoch FROM min(CASE state WHEN 'queued' THEN again_at ELSE lease_until END))::float8 AS moment
FROM panorama WHERE crawl = %(crawl)s AND state IN ('queued', 'claimed')
"""
DOTS = """
SELECT id, lat_deg, lon_deg, elevation_m, state, parent, changed FROM panorama
WHERE crawl = %(crawl)s AND changed > %(since)s ORDER BY changed LIMIT %(most)s
"""
RETRY = f"""
UPDATE panorama SET state = 'queued', tries = 0, again_at = to_timestamp(0), {CHANGED}
WHERE crawl = %(crawl)s AND state = 'failed' AND NOT permanent
"""
