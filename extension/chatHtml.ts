export interface ChatHtmlParams {
  readonly nonce: string
  readonly cspSource: string
  readonly script: string
  readonly style: string
}

/** The frame of the chat page: one script, one style sheet, and nothing else that it could load or run. */
export function chatHtml({ nonce, cspSource, script, style }: ChatHtmlParams): string {
  const policy = [
    `default-src 'none'`,
    `style-src ${cspSource}`,
    `script-src 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ')
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Paddock</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
<div id="root"></div>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`
}
