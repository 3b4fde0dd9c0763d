-- +goose Up
SET ROLE relance_owner;

ALTER TABLE users
  ADD COLUMN language          text NOT NULL DEFAULT '',
  ADD COLUMN totp_secret       bytea,                      -- sealed
  ADD COLUMN totp_confirmed_at timestamptz,                -- two-factor is on from then
  ADD COLUMN totp_step         bigint NOT NULL DEFAULT 0,  -- the last code used, as its time step: none works twice
  ADD COLUMN recovery_hashes   bytea[] NOT NULL DEFAULT '{}';
CREATE INDEX users_sign_in ON users (lower(email));
COMMENT ON COLUMN users.totp_secret IS 'secret';
COMMENT ON COLUMN users.recovery_hashes IS 'secret';

-- A browser that is signed in. Only the sum of its cookie is stored.
CREATE TABLE sessions (
  merchant_id uuid NOT NULL,
  id          uuid NOT NULL,
  user_id     uuid NOT NULL,
  hash        bytea NOT NULL,
  agent       text NOT NULL DEFAULT '', -- the browser, as it names itself
  created_at  timestamptz NOT NULL,
  seen_at     timestamptz NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX sessions_hash ON sessions (hash);
CREATE INDEX sessions_of_user ON sessions (merchant_id, user_id);
SELECT fence('sessions');

-- Invitations and password resets: links that work once.
CREATE TABLE user_links (
  merchant_id uuid NOT NULL,
  id          uuid NOT NULL,
  user_id     uuid NOT NULL,
  hash        bytea NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('INVITE', 'RESET')),
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  used_at     timestamptz,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX user_links_hash ON user_links (hash);
SELECT fence('user_links');

-- Failed sign-ins of an e-mail address or a network address, both as sums. They belong to
-- no merchant: who signs in is not known yet. Only the functions below reach them.
CREATE TABLE sign_in_failures (
  id  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  who bytea NOT NULL,
  at  timestamptz NOT NULL
);
CREATE INDEX sign_in_failures_who ON sign_in_failures (who, at);
REVOKE ALL ON sign_in_failures FROM relance_app;
ALTER TABLE sign_in_failures ENABLE ROW LEVEL SECURITY;

-- What is asked before any tenant is known.
-- +goose StatementBegin
CREATE FUNCTION sign_in_candidates(address text)
RETURNS TABLE (merchant_id uuid, id uuid, password_hash text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT u.merchant_id, u.id, u.password_hash FROM users u
    WHERE lower(u.email) = lower(address) AND u.disabled_at IS NULL AND u.password_hash IS NOT NULL ORDER BY u.created_at, u.id;
END $$;

CREATE FUNCTION session_bearer(session_hash bytea, seen_since timestamptz)
RETURNS TABLE (merchant_id uuid, id uuid, user_id uuid, role text, shop_ids uuid[], two_factor boolean, seen_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT s.merchant_id, s.id, u.id, u.role, u.shop_ids, u.totp_confirmed_at IS NOT NULL, s.seen_at
    FROM sessions s JOIN users u ON u.merchant_id = s.merchant_id AND u.id = s.user_id
    WHERE s.hash = session_hash AND s.seen_at > seen_since AND u.disabled_at IS NULL;
END $$;

CREATE FUNCTION user_link_target(link_hash bytea, now timestamptz)
RETURNS TABLE (merchant_id uuid, id uuid, user_id uuid, kind text, email text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY SELECT l.merchant_id, l.id, u.id, l.kind, u.email
    FROM user_links l JOIN users u ON u.merchant_id = l.merchant_id AND u.id = l.user_id
    WHERE l.hash = link_hash AND l.used_at IS NULL AND l.expires_at > now AND u.disabled_at IS NULL;
END $$;

CREATE FUNCTION installation(OUT merchants bigint, OUT users bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  merchants := (SELECT count(*) FROM public.merchants);
  users := (SELECT count(*) FROM public.users);
END $$;

CREATE FUNCTION sign_in_failed(whos bytea[], now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM sign_in_failures f WHERE f.at < now - interval '1 day';
  INSERT INTO sign_in_failures (who, at) SELECT w, now FROM unnest(whos) w;
END $$;

CREATE FUNCTION sign_in_failure_counts(whos bytea[], since timestamptz) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN ARRAY(SELECT (SELECT count(*) FROM sign_in_failures f WHERE f.who = w.who AND f.at > since)
    FROM unnest(whos) WITH ORDINALITY w(who, n) ORDER BY w.n);
END $$;

CREATE FUNCTION sign_in_forgiven(forgiven bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN DELETE FROM sign_in_failures f WHERE f.who = forgiven; END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION sign_in_candidates, session_bearer, user_link_target, installation, sign_in_failed, sign_in_failure_counts, sign_in_forgiven FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sign_in_candidates, session_bearer, user_link_target, installation, sign_in_failed, sign_in_failure_counts, sign_in_forgiven TO relance_app;
RESET ROLE;
