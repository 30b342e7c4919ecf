/*
 * child.h
 *		The document of a mandate that is delegated (RFC 0118 section 8.1).
 */
#ifndef GAUTH_POA_CHILD_H
#define GAUTH_POA_CHILD_H

#include "poa/credential.h"

/* what the delegate gets of its parent */
typedef struct GauthChild
{
	GauthSpan	delegate;		/* an agent */
	const GauthJson *restriction;	/* scope_restriction; NULL: none */
	int64_t		budget_cents;
	int64_t		ttl_seconds;
	int64_t		delegated_at;	/* seconds since 1970 */
	int64_t		max_depth_remaining;
} GauthChild;

/*
 * Writes the document.  Its scope is the parent's, with what the restriction
 * names in its place: a list of what is denied grows, any other list is the
 * restriction's, only verbs that it names remain, objects are merged member
 * by member.  Whether the result is narrower is for the caller to check.
 *
 * Errors: GAUTH_OUT_OF_MEMORY, and GAUTH_INVALID_VALUE for a restriction that
 * cannot be read.
 */
extern GauthStatus gauth_child_write(GauthArena *arena,
									 const GauthCredential *parent,
									 const GauthChild *child,
									 GauthSpan *document, GauthError *err);

#endif							/* GAUTH_POA_CHILD_H */
