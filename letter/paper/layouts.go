package paper

// Layouts are all ways to lay out a letter. The envelope belongs to the country that posts the
// letter, whatever the country it goes to.
func Layouts() []Layout {
	return []Layout{deForm("de-form-a"), deForm("de-form-b"), frDL(), frC5(), chRight(), chLeft(), pingenLeft()}
}

// rim is what an office printer does not reach.
func rim() Edges { return Edges{5, 5, 5, 5} }

// Where text stands on every layout: 25 from the left as DIN 5008 has it, 20 from the right.
const (
	textLeft  = 25.0
	textRight = 190.0
	// textEnd is where the text of a page ends: below stand the page number or the imprint.
	textEnd = 282.0
)

func firstText(top float64) Rect { return Between(textLeft, top, textRight, textEnd) }

func nextText() Rect { return Between(textLeft, 25, textRight, textEnd) }

// window places one by its distances from an edge and from the bottom, as envelope makers
// describe it.
func leftWindow(w, h, fromLeft, fromBottom, width, height float64) Rect {
	return Rect{fromLeft, h - fromBottom - height, width, height}
}

func rightWindow(w, h, fromRight, fromBottom, width, height float64) Rect {
	return Rect{w - fromRight - width, h - fromBottom - height, width, height}
}

// deForm is form A or B of DIN 5008: the address field is 85 × 45 from x 20, its upper 17.7 the
// zone of sender and remarks, its lower 27.3 the recipient's; form B begins 18 lower. Envelope
// DIN DL, window 90 × 45, 20 from the left and 15 from the bottom (DIN 680). The folds let the
// sheet slide by 10 × 5, so that what lies right of x 100 can hide although the field goes to
// 105, and of form A also its upper 5.
func deForm(name string) Layout {
	down, folds := 0.0, []float64{87, 192}
	if name == "de-form-b" {
		down, folds = 18, []float64{105, 210}
	}
	return Layout{
		Name: name, Version: 1, Country: "DE",
		Envelopes: []Envelope{{"DIN DL 220 × 110", 220, 110, leftWindow(220, 110, 20, 15, 90, 45), folds}},
		Field:     Rect{20, 44.7 + down, 85, 27.3},
		Address:   Lines{X: textLeft, Top: 44.7 + down, Leading: 4.2, Size: 10},
		Sender:    Rect{20, 39.5 + down, 85, 5.2}, // the last line of its zone, which is always visible
		Edge:      rim(), Folds: folds, Marks: []float64{folds[0], 148.5, folds[1]},
		Brand: Between(125, 10+down/3, textRight, 28+down/2), Details: 32 + down, // information block: x 125
		Dated: Lines{X: 125, Top: 66 + down, Leading: 4.9, Size: 10},
		Text:  firstText(80.5 + down), Next: nextText(), // DIN 5008: two lines below the field
	}
}

// frDL is the French custom: window 100 × 45 at the right, 20 from the right edge and 20 from the
// bottom, folded in thirds. What fits thirds (99/198) also fits folds at 105/210. Six lines of 38
// characters (NF Z 10-011); the text begins below what the window can show.
func frDL() Layout {
	folds := []float64{99, 198}
	window := rightWindow(220, 110, 20, 20, 100, 45)
	return Layout{
		Name: "fr-dl", Version: 1, Country: "FR",
		Envelopes: []Envelope{{"DL 220 × 110, thirds", 220, 110, window, folds}, {"DL 220 × 110, 105/210", 220, 110, window, []float64{105, 210}}},
		Field:     Between(100, 45, 190, 85),
		Address:   Lines{X: 104, Top: 49, Leading: 4.4, Size: 10},
		Edge:      rim(), Folds: folds, Marks: folds,
		Brand: Between(textLeft, 14, 88, 34), Details: 40,
		Dated: Lines{X: 104, Top: 92, Leading: 4.9, Size: 10},
		Text:  firstText(103), Next: nextText(),
	}
}

// frC5 is the same window in a C5 envelope, 62 from the bottom, for a sheet folded once.
func frC5() Layout {
	l := frDL()
	l.Name, l.Folds, l.Marks = "fr-c5", []float64{148.5}, []float64{148.5}
	l.Envelopes = []Envelope{{"C5 229 × 162", 229, 162, rightWindow(229, 162, 20, 62, 100, 45), l.Folds}}
	l.Field = Between(109, 55, 190, 86.5)
	l.Address = Lines{X: 112, Top: 58, Leading: 4.2, Size: 10}
	l.Dated = Lines{X: 112, Top: 102, Leading: 4.9, Size: 10}
	l.Text = firstText(112)
	return l
}

// chRight is the Swiss letter (SN 010130): C5/6, window 100 × 45, 12 from the right and 21 from
// the bottom, address box 80 × 24 from x 118, y 54.
func chRight() Layout {
	folds := []float64{99, 192}
	return Layout{
		Name: "ch-right", Version: 1, Country: "CH",
		Envelopes: []Envelope{{"C5/6 229 × 114", 229, 114, rightWindow(229, 114, 12, 21, 100, 45), folds}},
		Field:     Rect{118, 54, 80, 24},
		Address:   Lines{X: 120, Top: 54, Leading: 3.6, Size: 9},
		Edge:      rim(), Folds: folds, Marks: folds,
		Brand: Between(textLeft, 14, 95, 34), Details: 40,
		Dated: Lines{X: 120, Top: 92, Leading: 4.9, Size: 10},
		Text:  firstText(103), Next: nextText(),
	}
}

// chLeft is the Swiss letter with its window at the left in the position of DIN: 90 × 45, 119 from
// the right and 15 from the bottom; address box 72 × 26 from x 20, y 54, text below y 97. The older
// window, 25 from the bottom, is not served: no six lines fit both.
func chLeft() Layout {
	l := chRight()
	l.Name = "ch-left"
	l.Envelopes = []Envelope{{"C5/6 229 × 114", 229, 114, rightWindow(229, 114, 119, 15, 90, 45), l.Folds}}
	l.Field = Rect{20, 54, 72, 26}
	l.Address = Lines{X: textLeft, Top: 54.8, Leading: 4.2, Size: 10}
	l.Brand, l.Details = Between(125, 14, textRight, 36), 50
	l.Dated = Lines{X: 125, Top: 84, Leading: 4.9, Size: 10}
	l.Text = firstText(103)
	return l
}

// pingenLeft is what Pingen asks of a letter with the address at the left: an address area, above
// it one for the postage that stays empty, and 5 free along the edges. It does not say which
// envelope it takes, and folds by itself: no marks.
func pingenLeft() Layout {
	l := chLeft()
	l.Name, l.Country = "pingen-left", ""
	l.Envelopes, l.Folds, l.Marks = nil, nil, nil
	l.Field = Rect{22, 60, 85.5, 25.5}
	l.Franking = Rect{20, 40, 89.5, 20}
	l.Address = Lines{X: textLeft, Top: 60.6, Leading: 4.1, Size: 10}
	return l
}
