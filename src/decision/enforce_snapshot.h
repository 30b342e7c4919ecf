/*
 * enforce_snapshot.h
 *		What a trusted caller says about a credential and its mandate.
 */
#ifndef GAUTH_DECISION_ENFORCE_SNAPSHOT_H
#define GAUTH_DECISION_ENFORCE_SNAPSHOT_H

#include "decision/enforce.h"

extern GauthStatus gauth_enforce_read_snapshot(GauthArena *arena,
											   const GauthEnforceRequest *request,
											   GauthCredential *credential,
											   GauthEvidence *evidence,
											   GauthEnforceError *error);
extern GauthStatus gauth_enforce_read_live(GauthArena *arena,
										   const GauthEnforceRequest *request,
										   GauthLiveMandate *live,
										   GauthEnforceError *error);

#endif							/* GAUTH_DECISION_ENFORCE_SNAPSHOT_H */
