package main

import (
	"context"
	"net/http"
	"os"
	"time"

	"github.com/relance/relance"
	"github.com/relance/relance/connectors/prestashop/prestashoptest"
	"github.com/relance/relance/connectors/shopify/shopifytest"
	"github.com/relance/relance/delivery/maileva/mailevatest"
	"github.com/relance/relance/delivery/pingen/pingentest"
	"github.com/relance/relance/delivery/printersim"
	"github.com/relance/relance/internal/faults"
	"github.com/relance/relance/internal/sample"
)

type simulateCmd struct {
	Shopify    simulateShopCmd    `cmd:"" name:"shopify" help:"Serve a Shopify shop."`
	PrestaShop simulateShopCmd    `cmd:"" name:"prestashop" help:"Serve a PrestaShop shop."`
	Pingen     simulatePrinterCmd `cmd:"" name:"pingen" help:"Serve a Pingen that prints nothing."`
	Maileva    simulatePrinterCmd `cmd:"" name:"maileva" help:"Serve a Maileva that prints nothing."`
}

type simulatePrinterCmd struct {
	Addr     string `name:"addr" required:"" help:"Address to listen on, such as 127.0.0.1:9003."`
	Callback string `name:"callback" help:"Where notifications go, such as http://127.0.0.1:8080/hooks/print/…"`
	Seed     uint64 `name:"seed" default:"1" help:"Of the faults."`
	Faults   string `name:"faults" help:"How to misbehave, such as 429:5%,500:2%,500-after:2%,cut:1%,cut-after:1%,truncate:1%,new-word:1%,ended-token:1%."`
}

// Run implements the command.
func (c *simulatePrinterCmd) Run(ctx context.Context, std *streams, cmd *simulateCmd) error {
	set, err := faults.Parse(c.Faults, c.Seed)
	if err != nil {
		return relance.Errorf(relance.CodeBadInput, "--faults: %s", err)
	}
	l, err := listen(ctx, c.Addr)
	if err != nil {
		return err
	}
	o, url := printersim.Options{Now: time.Now, Faults: set, Callback: c.Callback}, "http://"+l.Addr().String()
	if c == &cmd.Pingen {
		s := pingentest.New(o)
		std.printf("Pingen simulator: %s, client %s, secret %s, organisation %s, signing key %s\n", url, pingentest.ClientID, pingentest.ClientSecret, pingentest.Organisation, pingentest.SigningKey)
		return serveHTTP(ctx, l, s.Console(s, s))
	}
	s := mailevatest.New(o)
	std.printf("Maileva simulator: token %s, API %s, client %s, secret %s, callback user %s, password %s\n", url+mailevatest.TokenPath, url+mailevatest.APIPath, mailevatest.ClientID, mailevatest.ClientSecret, mailevatest.NewsUser, mailevatest.NewsPassword)
	return serveHTTP(ctx, l, s.Console(s, s))
}

type simulateShopCmd struct {
	Addr   string `name:"addr" required:"" help:"Address to listen on, such as 127.0.0.1:9001."`
	Data   string `name:"data" type:"existingfile" help:"Online Retail data set (.csv.gz); an invented shop where it is left out."`
	Seed   uint64 `name:"seed" default:"1" help:"Of the invented shop and of the faults."`
	People int    `name:"people" default:"1000" help:"Size of the invented pair of shops."`
	Orders int    `name:"orders" default:"2" help:"Mean orders per person of the invented pair of shops."`
	Faults string `name:"faults" help:"How to misbehave, such as 429:5%,timeout:1%,truncate:1%,500:2%,emptylist:1%,touch-while-paging."`
}

// Run implements the command.
func (c *simulateShopCmd) Run(ctx context.Context, std *streams, cmd *simulateCmd) error {
	set, err := faults.Parse(c.Faults, c.Seed)
	if err != nil {
		return relance.Errorf(relance.CodeBadInput, "--faults: %s", err)
	}
	shops, err := c.load(time.Now())
	if err != nil {
		return err
	}
	l, err := listen(ctx, c.Addr)
	if err != nil {
		return err
	}
	h, say := shopifySimulator(shops.Shopify, set, l.Addr().String())
	if c == &cmd.PrestaShop {
		h, say = prestaShopSimulator(shops.PrestaShop, set, l.Addr().String())
	}
	std.printf("%s", say)
	return serveHTTP(ctx, l, h)
}

// load reads the data set, or invents shops.
func (c *simulateShopCmd) load(now time.Time) (sample.Shops, error) {
	if c.Data == "" {
		return sample.Demo(sample.DemoOptions{Seed: c.Seed, People: c.People, Orders: c.Orders, Now: now}), nil
	}
	f, err := os.Open(c.Data)
	if err != nil {
		return sample.Shops{}, err
	}
	defer func() { _ = f.Close() }()
	shops, _, err := sample.Retail(f)
	return shops, err
}

// demoToken is the simulated Shopify shop's access token.
const demoToken = "shpat_simulated"

func shopifySimulator(shop sample.Shop, set *faults.Set, addr string) (http.Handler, string) {
	s := shopifytest.New(shop, shopifytest.Options{Token: demoToken, Faults: set, Bucket: 2000, Restore: 1000})
	return s, "Shopify simulator: relance connect shopify --domain " + addr + " --token " + demoToken + "\n"
}

func prestaShopSimulator(shop sample.Shop, set *faults.Set, addr string) (http.Handler, string) {
	s := prestashoptest.New(shop, prestashoptest.Options{Faults: set})
	return s, "PrestaShop simulator: relance connect prestashop --url http://" + addr + " --key " + prestashoptest.DefaultKey + "\n"
}
