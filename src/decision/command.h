/*
 * command.h
 *		Commands of a shell against lists of what is allowed and denied.
 */
#ifndef GAUTH_DECISION_COMMAND_H
#define GAUTH_DECISION_COMMAND_H

#include "poa/credential.h"

extern bool gauth_command_allowed(const GauthNames *list, GauthSpan command);
extern bool gauth_command_denied(const GauthNames *list, GauthSpan command);

#endif							/* GAUTH_DECISION_COMMAND_H */
