/*
 * authzen_search.h
 *		Searches of the AuthZEN API: candidates in a stable order, pages.
 */
#ifndef GAUTH_DECISION_AUTHZEN_SEARCH_H
#define GAUTH_DECISION_AUTHZEN_SEARCH_H

#include "decision/authzen.h"
#include "policy/ast.h"

/* results of one page; candidates of one search */
#define GAUTH_AUTHZEN_PAGE_MAX			1000
#define GAUTH_AUTHZEN_CANDIDATES_MAX	(1000 * 1000)

/* a place in the order of results */
typedef struct GauthAuthzenPosition
{
	bool		set;
	GauthSpan	after;			/* the last id that was returned */
} GauthAuthzenPosition;

/* which part of the results is wanted */
typedef struct GauthAuthzenPage
{
	bool		asked;			/* the request has a page object */
	uint32_t	limit;
	GauthAuthzenPosition position;
	uint64_t	fingerprint;	/* of the search that the token belongs to */
} GauthAuthzenPage;

/* ids, or names of actions, that may be results */
typedef struct GauthAuthzenList
{
	GauthArena *arena;
	GauthAuthzenPosition position;	/* what stands before it is left out */
	GauthSpan  *ids;
	uint32_t	count;
	uint32_t	room;
	GauthStatus status;
} GauthAuthzenList;

extern uint64_t gauth_authzen_fingerprint(const GauthJson *body,
										  GauthAuthzenPart searched,
										  GauthSpan store);
extern GauthStatus gauth_authzen_read_page(GauthArena *arena,
										   const GauthJson *body,
										   uint64_t fingerprint,
										   GauthAuthzenPage *page,
										   GauthError *err);
extern void gauth_authzen_append_token(GauthText *text,
									   const GauthAuthzenPage *page,
									   const GauthAuthzenPosition *position);

extern void gauth_authzen_list_init(GauthAuthzenList *candidates,
									GauthArena *arena,
									const GauthAuthzenPosition *position);
extern bool gauth_authzen_list_add(GauthAuthzenList *candidates,
								   GauthSpan id);
extern void gauth_authzen_list_add_type(GauthAuthzenList *candidates,
										const GauthEntityType *type);
extern void gauth_authzen_list_add_declared(GauthAuthzenList *candidates,
											const GauthSchema *schema);
extern void gauth_authzen_list_add_named(GauthAuthzenList *candidates,
										 const GauthPolicyList *list);
extern GauthStatus gauth_authzen_list_sort(GauthAuthzenList *candidates,
										   GauthError *err);

#endif							/* GAUTH_DECISION_AUTHZEN_SEARCH_H */
