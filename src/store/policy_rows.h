/*
 * policy_rows.h
 *		What the tables hold of a policy store, as it is written.
 */
#ifndef GAUTH_STORE_POLICY_ROWS_H
#define GAUTH_STORE_POLICY_ROWS_H

#include "postgres.h"

#include "base/arena.h"
#include "crypto/digest.h"
#include "policy/ast.h"
#include "policy/authorize.h"

/* policies and templates */
typedef struct GauthPolicyRow
{
	GauthSpan	id;
	GauthSpan	source;
} GauthPolicyRow;

typedef struct GauthLinkRow
{
	GauthSpan	id;
	GauthSpan	template;
	GauthSpan	principal;		/* without data: no such slot */
	GauthSpan	resource;
} GauthLinkRow;

/* one state of a store, all of it seen at the same moment */
typedef struct GauthPolicyRows
{
	bool		found;			/* the default store may be without a row */
	GauthPolicyMode mode;
	int64		version;
	GauthSpan	schema;			/* without data: none */
	GauthPolicyRow *policies;
	uint32		policy_count;
	GauthLinkRow *links;
	uint32		link_count;
	Size		size;			/* bytes of all ids and sources */
	bool		uncommitted;	/* this transaction wrote some of it */
} GauthPolicyRows;

extern GauthStatus gauth_policy_rows_read(GauthArena *arena, GauthSpan store,
										  GauthPolicyRows *rows);
extern GauthStatus gauth_policy_rows_parse(GauthArena *arena,
										   const GauthPolicyRows *rows,
										   GauthPolicyList *list,
										   GauthError *err);
extern GauthStatus gauth_policy_rows_key(const GauthPolicyRows *rows,
										 uint8 key[GAUTH_SHA256_SIZE]);

#endif							/* GAUTH_STORE_POLICY_ROWS_H */
