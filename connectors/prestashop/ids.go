package prestashop

import (
	"context"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors"
)

// resourceOf is the resource that holds the records of a kind.
func resourceOf(kind relance.Kind) (string, error) {
	p, ok := planOf(kind)
	if !ok {
		return "", relance.Errorf(relance.CodeBadInput, "PrestaShop has no ids of the kind %s.", kind)
	}
	return p.resource, nil
}

// IDs gives a page of the ids of a kind in ascending order of their numbers. Lists of
// ids are cheap: one query of the shop for thousands.
func (c *Connector) IDs(ctx context.Context, kind relance.Kind, after relance.Cursor) (ids []string, next relance.Cursor, done bool, err error) {
	resource, err := resourceOf(kind)
	if err != nil {
		return nil, "", false, err
	}
	cur := cursor{Version: cursorVersion, Phase: phaseAll}
	if after != "" {
		if cur, err = parseCursor(after); err != nil {
			return nil, "", false, err
		}
	}
	refs, err := c.references(ctx)
	if err != nil {
		return nil, "", false, err
	}
	got, done, err := walkAll[idRow](ctx, c.client, c.idListing(resource, refs), &cur, c.opts.IDPage)
	if err != nil {
		return nil, "", false, err
	}
	for _, row := range dedupe(got.rows) {
		if n := row.number(); n > 0 {
			ids = append(ids, ref(n))
		}
	}
	return ids, cur.String(), done, nil
}

// idListing lists the ids of a resource. Carts are not shop-scoped, so those of other
// shops are filtered out.
func (c *Connector) idListing(resource string, refs *references) listing {
	l := listing{resource: resource}
	if shop := c.shopID(refs); resource == "carts" && shop != "" {
		l.extra = params{"filter[id_shop]": "[0|" + shop + "]"}
	}
	return l
}

// shopID is the shop that is read: the one asked for, else the default one.
func (c *Connector) shopID(refs *references) string {
	if c.client.shop != "" {
		return c.client.shop
	}
	return refs.config["PS_SHOP_DEFAULT"]
}

// Fetch reads single records by id, whole. Ids the shop does not know are absent from
// the page; so are those that are no numbers.
func (c *Connector) Fetch(ctx context.Context, kind relance.Kind, ids []string) (connectors.Page, error) {
	if _, err := resourceOf(kind); err != nil {
		return connectors.Page{}, err
	}
	numbers := parseIDs(ids)
	if len(numbers) == 0 {
		return connectors.Page{Done: true}, nil
	}
	r, err := c.newRun(ctx, &cursor{Version: cursorVersion})
	if err != nil {
		return connectors.Page{}, err
	}
	switch kind {
	case relance.KindCustomers:
		err = fetch(r, customerListing(), numbers, r.addCustomers)
	case relance.KindOrders:
		err = fetch(r, orderListing(), numbers, r.addOrders)
	case relance.KindCarts:
		err = fetch(r, cartListing(), numbers, r.addCarts)
	case relance.KindProducts:
		err = fetch(r, r.productListing(), numbers, r.addProducts)
	}
	if err != nil {
		return connectors.Page{}, err
	}
	r.page.Missing = r.missing.found
	r.page.Done = true
	return *r.page, nil
}

// fetch reads rows by id. A chunk that comes back empty has been asked for again.
func fetch[T placed](r *run, l listing, ids []int64, add func(rowsOf[T]) error) error {
	got, err := listByIDs[T](r.ctx, r.c.client, l, "id", ids)
	if err != nil {
		return err
	}
	return add(got)
}

// The abilities of the connector.
var (
	_ connectors.Connector = (*Connector)(nil)
	_ connectors.IDLister  = (*Connector)(nil)
	_ connectors.Fetcher   = (*Connector)(nil)
)
