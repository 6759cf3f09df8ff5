/** Verbs by which a text tells what to do, in the imperative. */
export const actionVerbs: ReadonlySet<string> = new Set(
  (
    'add analyze analyse apply ask build call change check clean collect compare compile complete configure convert copy ' +
    'count create debug decide define delete deploy describe design detect determine document download draft edit ensure ' +
    'evaluate examine execute explain explore extract fetch fill find fix follow format gather generate get give identify ' +
    'implement improve include inspect install investigate list load look locate make map match measure merge modify move ' +
    'open optimize organize output parse perform plan post prepare present print process produce provide publish pull push ' +
    'put read rebase refactor remove rename replace report research resolve respond return review rewrite run save scan ' +
    'search select send set show simplify sort split start stop store suggest summarize summarise take tell test trace ' +
    'transform translate try turn update upload use validate verify visit walk watch write'
  ).split(' '),
)

/** What a description begins with when the skill changes something outside of the files it works on. */
export const sideEffect =
  /^(?:use (?:this )?to |automatically )?(deploys?|publish(?:es)?|releases?|sends?|deletes?|purges?|push(?:es)?|merges?|tweets?|emails?|e-mails?|transfers?|pays?|buys?|orders?|restarts?|terminates?|drops?|migrates?)\s+(?:the|a|an|this|your|our|all|any|code|changes|branches|commits|messages?|e?-?mails?|notifications|packages?|production|to|it|new|data|money|funds|databases?|tables?)\b/i

/** Tools that a subagent in the background does not have: nobody is there to answer. */
export const foregroundTools: readonly string[] = ['AskUserQuestion', 'EnterPlanMode', 'ExitPlanMode']
