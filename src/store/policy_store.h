/*
 * policy_store.h
 *		Policy stores, compiled and ready to decide.
 */
#ifndef GAUTH_STORE_POLICY_STORE_H
#define GAUTH_STORE_POLICY_STORE_H

#include "postgres.h"

#include "policy/authorize.h"
#include "policy/policy_set.h"
#include "policy/schema.h"
#include "store/policy_share.h"

#define GAUTH_POLICY_LANGUAGE	"4.5"
#define GAUTH_DEFAULT_STORE		"default"

/* columns of the tables, in the order of the install script */
enum
{
	POLICY_STORE_STORE = 1,
	POLICY_STORE_MODE,
	POLICY_STORE_LANGUAGE_VERSION,
	POLICY_STORE_SCHEMA,
	POLICY_STORE_VERSION
};
enum
{
	POLICY_STORE = 1,
	POLICY_ID,
	POLICY_SOURCE,
	POLICY_VERSION
};
enum
{
	LINK_STORE = 1,
	LINK_ID,
	LINK_TEMPLATE,
	LINK_PRINCIPAL,
	LINK_RESOURCE,
	LINK_VERSION
};
enum
{
	MAPPING_STORE = 1,
	MAPPING_ISSUER,
	MAPPING_ENTITY_TYPE,
	MAPPING_CLAIM
};

/* valid until the next gauth_policy_store_find */
typedef struct GauthPolicyStore
{
	GauthSpan	name;
	GauthPolicyMode mode;
	int64		version;
	const GauthSchema *schema;	/* NULL: it has none */
	const GauthPolicySet *set;	/* shared.set, or its own */
	bool		built;			/* this process has compiled it */
	GauthSharedSet shared;
	uint8		key[GAUTH_SHA256_SIZE]; /* of a shared set */
	GauthEntityStore *actions;	/* the schema's action entities, or NULL */
} GauthPolicyStore;

/* the source of a store, before it is compiled */
typedef struct GauthPolicySource
{
	GauthPolicyMode mode;
	const GauthSchema *schema;
	GauthPolicyList list;		/* policies with the links, templates apart */
} GauthPolicySource;

extern GauthStatus gauth_policy_store_find(GauthSpan name,
										   const GauthPolicyStore **store,
										   GauthError *err);
extern GauthStatus gauth_policy_store_source(GauthArena *arena,
											 GauthSpan name,
											 GauthPolicySource *source,
											 GauthError *err);
extern void gauth_policy_store_each(void (*visit) (void *state, void *store),
									void *state);
extern bool gauth_policy_store_exists(GauthSpan name);
extern GauthStatus gauth_policy_schema_read(GauthArena *arena,
											GauthSpan source,
											const GauthSchema **schema,
											GauthError *err);
extern bool gauth_policy_mapping_find(GauthSpan store, GauthSpan issuer,
									  MemoryContext context,
									  GauthSpan *entity_type,
									  GauthSpan *claim);
extern bool gauth_policy_mode_find(GauthSpan name, GauthPolicyMode *mode);

#endif							/* GAUTH_STORE_POLICY_STORE_H */
