/*
 * diagnostic.h
 *		What a validator has to say: errors and warnings, with their places.
 *
 * A validator goes on after an error, so its result is a list.  Running out
 * of memory or of a limit is not a diagnostic but a status.
 */
#ifndef GAUTH_POLICY_DIAGNOSTIC_H
#define GAUTH_POLICY_DIAGNOSTIC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/status.h"

typedef enum GauthSeverity
{
	GAUTH_SEVERITY_ERROR,
	GAUTH_SEVERITY_WARNING
} GauthSeverity;

typedef struct GauthDiagnostic GauthDiagnostic;

struct GauthDiagnostic
{
	GauthDiagnostic *next;
	GauthSeverity severity;
	GauthSpan	policy;			/* its id; empty for a schema */
	GauthSpan	message;
	uint32_t	offset;			/* bytes into the source */
	uint32_t	end;			/* one past the last byte meant */
	uint32_t	line;			/* from 1; 0 where there is no source */
	uint32_t	column;			/* in characters, from 1 */
};

typedef struct GauthDiagnosticList
{
	GauthDiagnostic *first;
	GauthDiagnostic *last;
	uint32_t	error_count;
	uint32_t	warning_count;
} GauthDiagnosticList;

extern GauthStatus gauth_diagnostic_append(GauthArena *arena,
										   GauthDiagnosticList *list,
										   const GauthDiagnostic *diagnostic,
										   GauthError *err);
extern GauthStatus gauth_diagnostic_append_new(GauthArena *arena,
											   GauthDiagnosticList *list,
											   const GauthDiagnostic *diagnostic,
											   GauthError *err);
extern void gauth_diagnostic_join(GauthDiagnosticList *list,
								  GauthDiagnosticList *from);
extern void gauth_diagnostic_locate(GauthDiagnosticList *list,
									GauthSpan source);

#endif							/* GAUTH_POLICY_DIAGNOSTIC_H */
