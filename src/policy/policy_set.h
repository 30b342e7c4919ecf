/*
 * policy_set.h
 *		A compiled policy set: one block of memory without pointers.
 *
 * All references inside are offsets from its beginning, so that it can be
 * copied to shared memory, mapped at another address in each process, and be
 * read by all of them at once.  It is not a format for storage: it follows
 * the byte order and the layout of the program that made it.
 */
#ifndef GAUTH_POLICY_POLICY_SET_H
#define GAUTH_POLICY_POLICY_SET_H

#include "policy/ast.h"
#include "policy/entity.h"

typedef struct GauthPolicySet GauthPolicySet;

/* an annotation of a compiled policy */
typedef struct GauthPolicyNote
{
	GauthSpan	name;
	GauthSpan	value;
} GauthPolicyNote;

extern GauthStatus gauth_policy_set_compile(GauthArena *arena,
											const GauthPolicyList *list,
											const GauthPolicyLimits *limits,
											const GauthPolicySet **set,
											GauthError *err);
extern uint64_t gauth_policy_set_format(void);
extern bool gauth_policy_set_check(const void *block, size_t size);
extern size_t gauth_policy_set_size(const GauthPolicySet *set);
extern uint32_t gauth_policy_set_count(const GauthPolicySet *set);

extern GauthSpan gauth_policy_set_id(const GauthPolicySet *set,
									 uint32_t policy);
extern GauthSpan gauth_policy_set_template_id(const GauthPolicySet *set,
											  uint32_t policy);
extern GauthEffect gauth_policy_set_effect(const GauthPolicySet *set,
										   uint32_t policy);
extern uint32_t gauth_policy_set_note_count(const GauthPolicySet *set,
											uint32_t policy);
extern GauthPolicyNote gauth_policy_set_note(const GauthPolicySet *set,
											 uint32_t policy, uint32_t note);
extern bool gauth_policy_set_find_note(const GauthPolicySet *set,
									   uint32_t policy, const char *name,
									   GauthSpan *value);

/* making a policy from a template */
extern GauthStatus gauth_policy_link(GauthArena *arena,
									 const GauthPolicy *template,
									 GauthSpan id, const GauthUid *principal,
									 const GauthUid *resource,
									 GauthPolicy **policy, GauthError *err);
extern const GauthPolicy *gauth_template_find(const GauthPolicyList *list,
											  GauthSpan id);
extern void gauth_policy_list_add(GauthPolicyList *list, GauthPolicy *policy);

#endif							/* GAUTH_POLICY_POLICY_SET_H */
