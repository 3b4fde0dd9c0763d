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
  profiles(first: 10, orderBy: { field: SPENT, direction: DESC }) {
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
  const fetcher = GraphiQL.createFetcher({
    url: '/graphql',
    headers: { Authorization: 'Bearer ' + (sessionStorage.getItem('token') || '') },
  });
  ReactDOM.createRoot(document.getElementById('graphiql')).render(
    React.createElement(GraphiQL, { fetcher, defaultQuery: example, defaultEditorToolsVisibility: 'variables' }),
  );
})();
