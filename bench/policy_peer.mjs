/*
 * policy_peer.mjs
 *		The workload of bench/policy decided by a library from npm, in a
 *		process of its own.
 *
 *	node policy_peer.mjs cedar|casbin DIRECTORY MODULES
 *
 * DIRECTORY holds policies_N.cedar and requests_N.csv, MODULES what npm
 * installed.  "N COUNT" on the input decides the next COUNT requests of the
 * workload of N policies and is answered with "done", or with "failed" when
 * one of the decisions is not the expected one.  Everything that can be made
 * beforehand is: policies are parsed and requests are objects already.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const [kind, directory, modules] = process.argv.slice(2);
const require = createRequire(`${modules}/`);

/* the lines of a workload; each has a user and a document of its own */
function readLines(size) {
    const text = readFileSync(`${directory}/requests_${size}.csv`, 'utf8');
    const lines = text.trim().split(/\r?\n/).slice(1);

    return lines.map((line, n) => {
        const [user, clearance, roles, action, doc, folder, amount, locked,
            expected] = line.split(',');

        return {
            user: `${user}/${n}`,
            clearance: Number(clearance),
            roles: roles.split('|'),
            action,
            doc: `${doc}/${n}`,
            folder,
            amount: Number(amount),
            locked: locked === 'true',
            permit: expected === 'allow'
        };
    });
}

/* one call of statefulIsAuthorized, with the two entities it is about */
function cedarCall(set, line) {
    const principal = { type: 'User', id: line.user };
    const resource = { type: 'Doc', id: line.doc };

    return {
        principal,
        action: { type: 'Action', id: line.action },
        resource,
        context: {},
        preparsedPolicySetId: set,
        validateRequest: false,
        entities: [
            {
                uid: principal,
                attrs: { clearance: line.clearance },
                parents: line.roles.map((id) => ({ type: 'Role', id }))
            },
            {
                uid: resource,
                attrs: { amount: line.amount, locked: line.locked },
                parents: [{ type: 'Folder', id: line.folder }]
            }
        ]
    };
}

function openCedar(source, lines) {
    const cedar = require('@cedar-policy/cedar-wasm/nodejs');
    const set = `set${lines.length}/${source.length}`;
    const parsed = cedar.preparsePolicySet(set, { staticPolicies: source });

    if (parsed.type !== 'success')
        throw new Error(JSON.stringify(parsed.errors));
    const calls = lines.map((line) => cedarCall(set, line));

    return (i) => {
        const answer = cedar.statefulIsAuthorized(calls[i]);

        return answer.response.decision === 'allow' &&
            answer.response.diagnostics.errors.length === 0;
    };
}

/*
 * The same rules for casbin: no eval of rule texts, and the cheapest
 * comparison that rules a line out first.
 */
const casbinModel = `
[request_definition]
r = sub, clearance, act, folder, amount, locked
[policy_definition]
p = sub, act, folder, amount, clearance, locked, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.folder == p.folder && (p.act == "*" || r.act == p.act) && \
(p.sub == "*" || g(r.sub, p.sub)) && r.amount <= p.amount && \
r.clearance >= p.clearance && (p.locked == "*" || r.locked)
`;

const permitPattern = new RegExp('permit \\(principal in Role::"(\\w+)", ' +
    'action == Action::"(\\w+)", resource in Folder::"(\\w+)"\\)' +
    '(?: when \\{ resource\\.amount <= (\\d+) && ' +
    'principal\\.clearance >= (\\d+) \\})?;$');
const forbidPattern = new RegExp('forbid \\(principal, action, ' +
    'resource in Folder::"(\\w+)"\\) when \\{ resource\\.locked \\};$');

function casbinRule(policy) {
    const permit = permitPattern.exec(policy);

    if (permit !== null)
        return [permit[1], permit[2], permit[3], permit[4] ?? 'Infinity',
            permit[5] ?? '0', '*', 'allow'];
    const forbid = forbidPattern.exec(policy);

    if (forbid === null)
        throw new Error(`a policy of another form: ${policy}`);
    return ['*', '*', forbid[1], 'Infinity', '0', 'true', 'deny'];
}

async function openCasbin(source, lines) {
    const { newEnforcer, newModelFromString } = require('casbin');
    const enforcer = await newEnforcer(newModelFromString(casbinModel));
    const members = lines.flatMap((line) =>
        line.roles.map((role) => [line.user, role]));

    await enforcer.addPolicies(source.trim().split('\n').map(casbinRule));
    await enforcer.addGroupingPolicies(members);
    return (i) => {
        const line = lines[i];

        return enforcer.enforceSync(line.user, line.clearance, line.action,
            line.folder, line.amount, line.locked);
    };
}

/* what the compilers of V8 do at first is not the library's speed */
const WARMING = 1500; /* milliseconds */

async function open(size) {
    const lines = readLines(size);
    const source = readFileSync(`${directory}/policies_${size}.cedar`, 'utf8');
    const decide = await (kind === 'cedar' ? openCedar : openCasbin)(source,
        lines);

    const workload = { lines, decide, next: 0 };
    const end = performance.now() + WARMING;

    while (performance.now() < end)
        work(workload, 10);
    return workload;
}

function work(workload, count) {
    let right = true;

    for (let i = 0; i < count; i++) {
        const n = workload.next;

        right = workload.decide(n) === workload.lines[n].permit && right;
        workload.next = (n + 1) % workload.lines.length;
    }
    return right;
}

const workloads = new Map();

for await (const line of createInterface({ input: process.stdin })) {
    const [size, count] = line.split(' ');

    if (!workloads.has(size))
        workloads.set(size, await open(size));
    const right = work(workloads.get(size), Number(count));

    process.stdout.write(right ? 'done\n' : 'failed\n');
}
