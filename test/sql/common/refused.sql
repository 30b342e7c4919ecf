\set ECHO none
-- what a statement is refused with: SQLSTATE, detail and message
CREATE FUNCTION refused(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    code text;
BEGIN
    EXECUTE statement;
    RETURN 'not refused';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' ', SQLSTATE, nullif(code, ''), '-', SQLERRM);
END $$;
GRANT EXECUTE ON FUNCTION refused(text) TO PUBLIC;
\set ECHO all
