package prestashop

import (
	"encoding/xml"
	"net/http"

	"github.com/relance/relance"
)

// listedResource is what the shop's list of resources says of one. A version that does not
// tell of a method is not said to lack it.
type listedResource struct {
	XMLName xml.Name
	Post    string `xml:"post,attr"`
	Patch   string `xml:"patch,attr"`
}

// missingWriteRights names the rights to write that the shop's list of resources shows to be
// missing: vouchers are made and switched off, objections are passed on.
func missingWriteRights(listed []byte) []relance.MissingRight {
	var doc struct {
		Rules     []listedResource `xml:"api>cart_rules"`
		Customers []listedResource `xml:"api>customers"`
	}
	if xml.Unmarshal(listed, &doc) != nil {
		return nil
	}
	var out []relance.MissingRight
	name := func(resource, method, lost string) {
		out = append(out, relance.Lacking(resource+" "+method, relance.Say(lost), relance.Say("GRANT_WRITE", "resource", resource, "right", rightName(method))))
	}
	if len(doc.Rules) == 0 || doc.Rules[0].Post == "false" {
		name("cart_rules", http.MethodPost, "LOSES_VOUCHER_MAKING")
	}
	if len(doc.Rules) == 0 || doc.Rules[0].Patch == "false" {
		name("cart_rules", http.MethodPatch, "LOSES_VOUCHER_MAKING")
	}
	if len(doc.Customers) == 0 || doc.Customers[0].Patch == "false" {
		name("customers", http.MethodPatch, "LOSES_WRITE_BACK")
	}
	return out
}
