-- The tables of ClickHouse that attempts and operations arrive in, beside those of Aspects: see docs/streams.rst.
-- On a cluster add ON CLUSTER, and take ReplicatedReplacingMergeTree. A row is sent again when it changes: FINAL reads
-- the last one.

CREATE TABLE IF NOT EXISTS event_sink.attempt
(
    id UInt64,
    uuid UUID,
    user_id Int64,
    course_key String,
    number UInt32,
    state LowCardinality(String),
    opened_at Nullable(DateTime64(6, 'UTC')),
    archived_at Nullable(DateTime64(6, 'UTC')),
    percent_grade Nullable(Float64),
    letter_grade Nullable(String),
    passed Nullable(Bool),
    completed_blocks Nullable(UInt32),
    completion_ratio Nullable(Float64),
    dump_id UUID,
    time_last_dumped DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(time_last_dumped)
ORDER BY (course_key, user_id, id);

CREATE TABLE IF NOT EXISTS event_sink.attempt_operation
(
    id UInt64,
    uuid UUID,
    kind LowCardinality(String),
    status LowCardinality(String),
    user_id Int64,
    course_key String,
    from_attempt Nullable(UUID),
    to_attempt Nullable(UUID),
    undoes Nullable(UUID),
    requested_by_id Nullable(Int64),
    created DateTime64(6, 'UTC'),
    started_at Nullable(DateTime64(6, 'UTC')),
    completed_at Nullable(DateTime64(6, 'UTC')),
    error_code LowCardinality(String),
    dump_id UUID,
    time_last_dumped DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(time_last_dumped)
ORDER BY (course_key, user_id, id);
