-- +goose Up
SET ROLE relance_owner;

-- Who wants the monthly report by mail, since when: no report of a month that was over before.
ALTER TABLE users ADD COLUMN monthly_report_since timestamptz;
CREATE INDEX users_reports ON users (merchant_id) WHERE monthly_report_since IS NOT NULL;

-- The monthly reports by mail: one to a user and month, whoever sends it. SENDING is committed
-- before the relay is spoken to; found like that after a crash it is UNCERTAIN and left.
CREATE TABLE report_mails (
  merchant_id uuid NOT NULL,
  user_id     uuid NOT NULL,
  month       date NOT NULL,             -- its first day
  state       text NOT NULL CHECK (state IN ('DUE', 'SENDING', 'SENT', 'FAILED', 'UNCERTAIN')),
  attempts    int NOT NULL,
  next_at     timestamptz NOT NULL,      -- DUE: when to try again; SENDING: until when its worker may take
  sent_at     timestamptz,
  cause       jsonb,                     -- why not yet, or why never: a sentence
  PRIMARY KEY (merchant_id, user_id, month),
  FOREIGN KEY (merchant_id, user_id) REFERENCES users ON DELETE CASCADE
);
SELECT fence('report_mails');

-- Which reports are to be sent by now, over all merchants: of the month before, from eight in the
-- morning of its first day for a week, where the merchant's first shop is.
-- +goose StatementBegin
CREATE FUNCTION due_report_mails(now timestamptz)
RETURNS TABLE (merchant_id uuid, user_id uuid, month date, attempts int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT u.merchant_id, u.id, (z.turn - interval '1 month')::date, coalesce(r.attempts, 0)
    FROM users u
    CROSS JOIN LATERAL (SELECT date_trunc('month', now AT TIME ZONE h.time_zone) AS turn, h.time_zone AS zone
      FROM shops h WHERE h.merchant_id = u.merchant_id ORDER BY h.created_at, h.id LIMIT 1) z
    LEFT JOIN report_mails r ON r.merchant_id = u.merchant_id AND r.user_id = u.id AND r.month = (z.turn - interval '1 month')::date
    WHERE u.monthly_report_since < (z.turn + interval '8 hours') AT TIME ZONE z.zone
      AND u.role IN ('OWNER', 'MARKETER') AND u.disabled_at IS NULL AND u.password_hash IS NOT NULL
      AND now >= (z.turn + interval '8 hours') AT TIME ZONE z.zone AND now < (z.turn + interval '7 days') AT TIME ZONE z.zone
      AND (r.user_id IS NULL OR r.state IN ('DUE', 'SENDING') AND r.next_at <= now)
      AND EXISTS (SELECT 1 FROM shop_settings t WHERE t.merchant_id = u.merchant_id AND t.sender_email <> '');
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION due_report_mails FROM PUBLIC;
GRANT EXECUTE ON FUNCTION due_report_mails TO relance_system;

-- What each day of a campaign decided, in the zone of the merchant's first shop. Only changes count:
-- an event that is judged again to the same verdict is in nothing.
CREATE TABLE campaign_days (
  merchant_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  day         date NOT NULL,
  verdict     text NOT NULL CHECK (verdict IN ('JUDGED', 'ENTERED', 'HELD_OUT', 'SEND', 'EXPIRE', 'REFUSE', 'WAIT')),
  reason      text NOT NULL,   -- of REFUSE and WAIT
  count       int NOT NULL,
  PRIMARY KEY (merchant_id, campaign_id, day, verdict, reason),
  FOREIGN KEY (merchant_id, campaign_id) REFERENCES campaigns
);
SELECT fence('campaign_days');
RESET ROLE;
