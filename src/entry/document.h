/*
 * document.h
 *		A JSON argument with a fixed set of members.
 */
#ifndef GAUTH_ENTRY_DOCUMENT_H
#define GAUTH_ENTRY_DOCUMENT_H

#include "postgres.h"

#include "base/json.h"

#define GAUTH_DOCUMENT_TEXT_MAX		1024	/* bytes of a text member */

/*
 * How an instant is shown, whatever the session's settings; to be put around
 * an expression of type timestamptz in a statement.
 */
#define GAUTH_SQL_INSTANT(expression) \
	"to_char(" expression " AT TIME ZONE 'UTC'," \
	" 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"

typedef enum GauthMemberType
{
	GAUTH_MEMBER_TEXT,			/* not empty */
	GAUTH_MEMBER_LABEL,			/* one of "labels" */
	GAUTH_MEMBER_INSTANT,		/* RFC 3339, such as 2026-01-31T12:00:00Z */
	GAUTH_MEMBER_BOOL,
	GAUTH_MEMBER_CENTS,			/* an integer, not negative */
	GAUTH_MEMBER_OBJECT,
	GAUTH_MEMBER_TEXTS			/* an array of texts */
} GauthMemberType;

/* the last of a list has no name */
typedef struct GauthMember
{
	const char *name;
	GauthMemberType type;
	bool		required;
	const char *const *labels;	/* the last one is NULL */
} GauthMember;

/* how such a list is written */
#define GAUTH_MAY(name, type)	{name, GAUTH_MEMBER_##type, false, NULL}
#define GAUTH_MUST(name, type)	{name, GAUTH_MEMBER_##type, true, NULL}
#define GAUTH_MAY_BE(name, labels) \
	{name, GAUTH_MEMBER_LABEL, false, labels}
#define GAUTH_MUST_BE(name, labels) \
	{name, GAUTH_MEMBER_LABEL, true, labels}
#define GAUTH_MEMBERS_END	{NULL, GAUTH_MEMBER_TEXT, false, NULL}

extern const GauthJson *gauth_document_read(GauthArena *arena, GauthSpan text,
											const char *argument,
											const GauthMember *fields);
extern GauthSpan gauth_document_text(const GauthJson *document,
									 const char *name);

#endif							/* GAUTH_ENTRY_DOCUMENT_H */
