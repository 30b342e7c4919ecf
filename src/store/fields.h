/*
 * fields.h
 *		A Cedar record in the making.
 */
#ifndef GAUTH_STORE_FIELDS_H
#define GAUTH_STORE_FIELDS_H

#include "postgres.h"

#include "policy/value.h"

/* most members that a record of ours has */
#define GAUTH_FIELDS_MAX	12

/* begun with its arena; the first failure stays */
typedef struct GauthFields
{
	GauthArena *arena;
	GauthField	fields[GAUTH_FIELDS_MAX];
	uint32		count;
	GauthStatus status;
} GauthFields;

extern void gauth_field_set(GauthField *field, const char *name,
							GauthValue value);
extern void gauth_fields_add(GauthFields *fields, const char *name,
							 GauthValue value);
extern void gauth_fields_add_text(GauthFields *fields, const char *name,
								  GauthSpan text);
extern void gauth_fields_add_number(GauthFields *fields, const char *name,
									int64 number);
extern void gauth_fields_add_texts(GauthFields *fields, const char *name,
								   const GauthSpan *texts, uint32 count);
extern GauthStatus gauth_fields_finish(GauthFields *fields,
									   const GauthRecord **record);

#endif							/* GAUTH_STORE_FIELDS_H */
