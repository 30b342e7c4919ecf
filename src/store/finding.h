/*
 * finding.h
 *		What the register says about those behind a mandate, for the checks of
 *		RFC 0117.
 */
#ifndef GAUTH_STORE_FINDING_H
#define GAUTH_STORE_FINDING_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "decision/enforce.h"
#include "store/mandate.h"

extern void gauth_findings_collect(const GauthMandate *mandate,
								   TimestampTz at, GauthEnforceInput *input);

#endif							/* GAUTH_STORE_FINDING_H */
