package app

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/relance/relance"
	"github.com/relance/relance/segment"
)

// SaveSegment stores a segment; nil id makes a new one. Campaigns that use it go by the new
// filter from then on.
func (a *App) SaveSegment(ctx context.Context, m uuid.UUID, id *uuid.UUID, name string, f relance.Filter, actor string) (relance.Segment, error) {
	if name = strings.TrimSpace(name); name == "" || utf8.RuneCountInString(name) > 100 || strings.ContainsRune(name, 0) {
		return relance.Segment{}, relance.TellField("name", "SEGMENT_NAME")
	}
	if err := segment.Check(&f); err != nil {
		return relance.Segment{}, err
	}
	saved, err := a.Store.SaveSegment(ctx, m, id, name, f, a.Now())
	if err != nil {
		return saved, err
	}
	return saved, a.audit(ctx, m, actor, "save_segment", "segment", saved.ID, nil)
}

// DeleteSegment removes a segment that no campaign uses.
func (a *App) DeleteSegment(ctx context.Context, m, id uuid.UUID, actor string) error {
	if err := a.Store.DeleteSegment(ctx, m, id); err != nil {
		return err
	}
	return a.audit(ctx, m, actor, "delete_segment", "segment", id, nil)
}

// SegmentParts divides who fits a filter: the members of a segment of it, and those whom it leaves
// out for their objection to profiling; nil: it leaves out nobody.
func (a *App) SegmentParts(f relance.Filter) (members relance.Filter, leftOut *relance.Filter) {
	return segment.Members(f), segment.LeftOut(f)
}

// CountSegment counts who is in a segment of the filter.
func (a *App) CountSegment(ctx context.Context, m uuid.UUID, f relance.Filter) (int, error) {
	page, err := a.Store.Profiles(ctx, m, relance.ProfileQuery{Filter: segment.Members(f), Paging: relance.Paging{First: 1, Total: true}, Now: a.Now()})
	if err != nil || page.Total == nil {
		return 0, err
	}
	return int(*page.Total), nil
}
