"""Sample queries for the data dictionary: questions, and the SQL that answers them on every engine."""

from __future__ import annotations

from attempts.datasets.sample import Sample

SAMPLES: tuple[Sample, ...] = (
    Sample(
        "took_again",
        "Who took the course again?",
        "Learners who were never reset are not in this dataset.",
        """SELECT
  learner,
  COUNT(*) AS how_many,
  MAX(CASE WHEN is_active = true THEN attempt_number END) AS active_number
FROM {attempts}
WHERE course_key = {course}
GROUP BY learner
HAVING COUNT(*) > 1
ORDER BY how_many DESC, learner""",
    ),
    Sample(
        "attempts_per_learner",
        "How many learners have how many attempts?",
        "Those who were never reset have one, and are not counted here.",
        """SELECT how_many, COUNT(*) AS learners
FROM (
  SELECT learner, COUNT(*) AS how_many
  FROM {attempts}
  WHERE course_key = {course}
  GROUP BY learner
) each_learner
GROUP BY how_many
ORDER BY how_many""",
    ),
    Sample(
        "grade_by_number",
        "How do grades differ from attempt to attempt?",
        "Attempt 1 has everybody with a grade, also who was never reset. A letter means a passing grade.",
        """SELECT
  attempt_number,
  COUNT(*) AS grades,
  AVG(percent_grade) AS mean_grade,
  SUM(CASE WHEN letter_grade = '' THEN 0 ELSE 1 END) AS passing
FROM {course_grades}
WHERE course_key = {course}
GROUP BY attempt_number
ORDER BY attempt_number""",
    ),
    Sample(
        "subsections_improved",
        "Which subsections improved, from the first attempt in which a learner came to them to the latest?",
        "Graded points count if there are any, else all; points that staff set by hand count before the others.",
        """WITH parts AS (
  SELECT
    learner,
    block_key,
    attempt_number,
    {part} AS part
  FROM {subsection_grades}
  WHERE course_key = {course} AND (
    first_attempted_at IS NOT NULL OR override_earned_graded IS NOT NULL OR override_earned_all IS NOT NULL
  )
), ends AS (
  SELECT learner, block_key, MIN(attempt_number) AS first_number, MAX(attempt_number) AS latest_number
  FROM parts
  WHERE part IS NOT NULL
  GROUP BY learner, block_key
)
SELECT
  e.block_key AS subsection,
  COUNT(*) AS learners,
  AVG(b.part - a.part) AS mean_change,
  SUM(CASE WHEN b.part > a.part THEN 1 ELSE 0 END) AS improved
FROM ends e
JOIN parts a ON a.learner = e.learner AND a.block_key = e.block_key AND a.attempt_number = e.first_number
JOIN parts b ON b.learner = e.learner AND b.block_key = e.block_key AND b.attempt_number = e.latest_number
WHERE e.first_number < e.latest_number
GROUP BY e.block_key
ORDER BY subsection""",
    ),
    Sample(
        "blocks_changed",
        "Which blocks have another score in attempt 2 of a learner than in attempt 1?",
        "Blocks that were graded in only one of them are not there.",
        """SELECT
  b.block_key AS block,
  a.score AS score_1,
  a.max_score AS max_score_1,
  b.score AS score_2,
  b.max_score AS max_score_2
FROM {states} a
JOIN {states} b ON b.learner = a.learner AND b.course_key = a.course_key AND b.block_key = a.block_key
WHERE a.learner = {learner} AND a.course_key = {course} AND a.attempt_number = 1
  AND b.learner = {learner} AND b.attempt_number = 2
  AND a.score <> b.score
ORDER BY block""",
    ),
    Sample(
        "answered_then",
        "What did a learner answer in her archived attempts?",
        "The answers are in the JSON object, where the type of the block keeps them; of a problem in student_answers.",
        """SELECT attempt_number, block_key, score, max_score, state
FROM {states}
WHERE learner = {learner} AND course_key = {course} AND is_active = false AND block_type = 'problem'
ORDER BY attempt_number, block_key""",
    ),
    Sample(
        "resets_by_month",
        "How many attempts were begun anew, month by month?",
        "In UTC if the session is: on PostgreSQL and DuckDB, SET TimeZone = 'UTC'.",
        """SELECT {month} AS month_begun, COUNT(*) AS resets, COUNT(DISTINCT learner) AS learners
FROM {attempts}
WHERE course_key = {course} AND attempt_number > 1 AND opened_at IS NOT NULL
GROUP BY {month}
ORDER BY month_begun""",
    ),
    Sample(
        "days_between",
        "How many days lie between the begin of an attempt and that of the next?",
        "Times are subtracted differently by each engine; the rest is the same.",
        """SELECT learner, later_number, {days} AS days_between
FROM (
  SELECT a.learner AS learner, b.attempt_number AS later_number, a.opened_at AS began, b.opened_at AS ended
  FROM {attempts} a
  JOIN {attempts} b ON b.learner = a.learner AND b.course_key = a.course_key
  WHERE a.course_key = {course} AND b.attempt_number = a.attempt_number + 1
) pairs
WHERE began IS NOT NULL AND ended IS NOT NULL
ORDER BY learner, later_number""",
    ),
    Sample(
        "blocks_completed",
        "How many blocks did learners complete, attempt by attempt?",
        "One row for each attempt in which anything was completed.",
        """SELECT learner, attempt_number, COUNT(*) AS blocks
FROM {completions}
WHERE course_key = {course} AND completion = 1.0
GROUP BY learner, attempt_number
ORDER BY learner, attempt_number""",
    ),
    Sample(
        "who_undid_what",
        "Who undid what?",
        "Nobody is named where the system asked.",
        """SELECT
  a.learner AS learner,
  b.requested_by AS undone_by,
  a.kind AS what,
  a.requested_by AS asked_by,
  a.to_number AS put_away,
  b.to_number AS brought_back
FROM {operations} b
JOIN {operations} a ON a.operation_uuid = b.undone_uuid
WHERE b.course_key = {course} AND b.kind = 'undo' AND b.status = 'complete'
ORDER BY b.completed_at""",
    ),
)
