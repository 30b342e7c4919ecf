/*
 * entity_source.h
 *		Where a decision finds its entities.
 *
 * One loader over four places, the first that knows an entity decides: the
 * schema's actions; a table that the entity's type is bound to; the rows of
 * gauth.entity; and over both of these the attributes that the request
 * brought along, as far as gauth.request_attribute allows them.
 */
#ifndef GAUTH_STORE_ENTITY_SOURCE_H
#define GAUTH_STORE_ENTITY_SOURCE_H

#include "postgres.h"

#include "policy/entity.h"
#include "store/policy_store.h"

typedef struct GauthEntitySource GauthEntitySource;

/*
 * For each entity of a type; "uid" is valid during the call, false ends the
 * walk.
 */
typedef bool (*GauthEntityVisitor) (void *state, const GauthUid *uid);

/* columns of gauth.request_attribute */
enum
{
	REQUEST_STORE = 1,
	REQUEST_ENTITY_TYPE,
	REQUEST_ATTRIBUTE
};

extern GauthEntitySource *gauth_entity_source_open(const GauthPolicyStore *store,
												   const GauthEntityStore *brought);
extern GauthEntityLoader gauth_entity_source_loader(GauthEntitySource *source);
extern GauthStatus gauth_entity_source_each(GauthEntitySource *source,
											GauthSpan type,
											GauthEntityVisitor visit,
											void *state, GauthError *err);

#endif							/* GAUTH_STORE_ENTITY_SOURCE_H */
