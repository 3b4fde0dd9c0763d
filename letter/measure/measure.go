// Package measure reads a finished PDF and says what stands where on its pages: texts with their
// boxes, shapes and pictures, in millimetres from the top left corner. It knows nothing of how the
// file was made, so that it can bear witness against whoever made it.
//
// It reads what a plain writer writes: files written in one go, composite fonts, paths, pictures.
// Whatever else can put ink on paper (forms, patterns, inline pictures, clipping, annotations) is
// refused rather than overlooked.
package measure

import (
	"fmt"

	"github.com/relance/relance/letter/paper"
)

// Document is a measured file.
type Document struct {
	Pages []Page
	Fonts []Font // by the name that the pages call them
}

// Font is one that the file names.
type Font struct {
	Name     string
	Embedded bool // printed alike everywhere
}

// Page is a sheet and the ink on it.
type Page struct {
	Width, Height float64 // mm
	Texts         []Text  // in the order of printing
	Shapes        []Shape
	Pictures      []paper.Rect
}

// Text is what one operator printed.
type Text struct {
	Text string
	// Box goes from the font's descent to its ascent, as pdftotext -bbox has it.
	Box paper.Rect
	// Stops are the x of each letter's left edge, and the last one's right edge.
	Stops []float64
	Size  float64 // points
}

// Shape is a path that was filled or stroked.
type Shape struct {
	Box    paper.Rect // with half the width of a stroke on each side
	Filled bool
	Rects  []paper.Rect // the path's rectangles, where it holds nothing else
}

// Read measures a file. Errors say what cannot be read; they hold nothing of its text.
func Read(pdf []byte) (Document, error) {
	f, err := open(pdf)
	if err != nil {
		return Document{}, fmt.Errorf("measure: %w", err)
	}
	var d Document
	pages, err := f.pages()
	if err != nil {
		return d, fmt.Errorf("measure: %w", err)
	}
	r := reader{file: f, fonts: map[ref]*font{}}
	for i, p := range pages {
		page, err := r.page(p)
		if err != nil {
			return d, fmt.Errorf("measure: page %d: %w", i+1, err)
		}
		d.Pages = append(d.Pages, page)
	}
	for _, f := range r.order {
		d.Fonts = append(d.Fonts, Font{f.name, f.embedded})
	}
	return d, nil
}

// pages lists them; the tree is flat in what plain writers write.
func (f *file) pages() ([]dict, error) {
	root := f.dict(f.dict(f.trailer["Root"])["Pages"])
	kids := f.list(root["Kids"])
	if len(kids) == 0 || len(kids) > maxPages {
		return nil, fmt.Errorf("there are %d pages", len(kids))
	}
	var out []dict
	for _, k := range kids {
		p := f.dict(k)
		if p == nil || f.get(p["Type"]) != name("Page") {
			return nil, fmt.Errorf("the pages are nested")
		}
		if len(f.list(p["Annots"])) > 0 || p["Rotate"] != nil || p["UserUnit"] != nil || p["CropBox"] != nil {
			return nil, fmt.Errorf("a page is annotated, turned or cropped")
		}
		for _, inherited := range []name{"MediaBox", "Resources"} {
			if _, has := p[inherited]; !has {
				p[inherited] = root[inherited]
			}
		}
		out = append(out, p)
	}
	return out, nil
}

const pointsToMM = 25.4 / 72

// page measures one.
func (r *reader) page(p dict) (Page, error) {
	box := r.list(p["MediaBox"])
	if len(box) != 4 || r.number(box[0]) != 0 || r.number(box[1]) != 0 {
		return Page{}, fmt.Errorf("it has no plain size")
	}
	height := r.number(box[3])
	r.out = Page{Width: r.number(box[2]) * pointsToMM, Height: height * pointsToMM}
	r.resources = r.dict(p["Resources"])
	content, err := r.content(p["Contents"])
	if err != nil {
		return Page{}, err
	}
	// Down instead of up, and millimetres.
	r.state = state{matrix: matrix{pointsToMM, 0, 0, -pointsToMM, 0, height * pointsToMM}, line: 1, scale: 1}
	r.saved, r.path = nil, path{}
	return r.out, r.run(content)
}
