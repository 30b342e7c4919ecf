\set ECHO none
-- no party, definition or mandate, nor anything about one; what only gauth's
-- own functions may remove needs its owner
DO $$
DECLARE
    guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY['authorization_grant', 'transaction_record', 'budget_consumption', 'budget_hold', 'approval',
                                   'approval_request', 'mandate_session', 'mandate_history', 'mandate', 'definition_version'] LOOP
        EXECUTE format('ALTER TABLE gauth.%I DISABLE TRIGGER guard', guarded);
        IF guarded = 'mandate' THEN
            DELETE FROM gauth.mandate_definition;
        END IF;
        EXECUTE format('DELETE FROM gauth.%I', guarded);
        EXECUTE format('ALTER TABLE gauth.%I ENABLE ALWAYS TRIGGER guard', guarded);
    END LOOP;
END $$;
DELETE FROM gauth.obligation;
DELETE FROM gauth.definition_event;
DELETE FROM gauth.definition;
DELETE FROM gauth.resource_server;
DELETE FROM gauth.client;
DELETE FROM gauth.representative;
DELETE FROM gauth.evidence;
DELETE FROM gauth.party_identity;
UPDATE gauth.party SET successor = NULL;
DELETE FROM gauth.party;
\set ECHO all
