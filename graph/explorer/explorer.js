// The page around GraphiQL: it keeps the token for this tab only.
(() => {
  const form = document.getElementById('token');
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) {
    sessionStorage.setItem('token', given);
    history.replaceState(null, '', location.pathname);
  }
  form.elements.token.value = sessionStorage.getItem('token') || '';
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    sessionStorage.setItem('token', form.elements.token.value.trim());
    location.reload();
  });
  const example = `# Who are my customers, over all shops?
query Profiles {
  profiles(
    first: 10
    orderBy: { field: SPENT, direction: DESC }
  ) {
    totalCount
    nodes {
      displayName
      emails { address }
      shops { name platform }
      orderCount
      spent { amount currencyCode }
    }
  }
}
`;
  const send = (params, accept) => fetch('/graphql', {
    method: 'POST',
    headers: {
      Accept: accept,
      'Content-Type': 'application/json',
      Authorization: 'Bearer ' + (sessionStorage.getItem('token') || ''),
    },
    body: JSON.stringify(params),
  });

  // Subscriptions answer with server-sent events, which GraphiQL's own fetcher does not read.
  async function* events(params) {
    const response = await send(params, 'text/event-stream');
    if (!(response.headers.get('Content-Type') || '').startsWith('text/event-stream')) {
      yield await response.json();
      return;
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    try {
      for (let rest = ''; ;) {
        const { value, done } = await reader.read();
        if (done) return;
        const parts = (rest + value).split('\n\n');
        rest = parts.pop();
        for (const part of parts) {
          const data = part.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5)).join('\n');
          if (data.trim()) yield JSON.parse(data);
        }
      }
    } finally {
      reader.cancel();
    }
  }

  const isSubscription = (params, document) => (document?.definitions || []).some((d) => d.operation === 'subscription'
    && (!params.operationName || d.name?.value === params.operationName));
  const fetcher = (params, options) => isSubscription(params, options?.documentAST)
    ? events(params)
    : send(params, 'application/json').then((response) => response.json());
  ReactDOM.createRoot(document.getElementById('graphiql')).render(
    React.createElement(GraphiQL, { fetcher, defaultQuery: example, defaultEditorToolsVisibility: 'variables' }),
  );
})();
