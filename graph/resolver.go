// Package graph serves the admin API: the schema's resolvers, who may call them, and
// the limits on what one request may cost. Resolvers are thin: they read the selection
// to know what is wanted, ask the [Reader] once for all of it, and hand out the parts.
package graph

import (
	"context"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/relance/relance"
)

// Reader is the read side: everything that is shown.
type Reader interface {
	Merchant(ctx context.Context, m uuid.UUID) (relance.Merchant, error)
	Shops(ctx context.Context, m uuid.UUID, ids []uuid.UUID) ([]relance.Shop, error)
	ShopCounts(ctx context.Context, m uuid.UUID, shops []uuid.UUID) (map[uuid.UUID]relance.ShopCounts, error)
	Run(ctx context.Context, m, id uuid.UUID) (relance.Run, error)
	StuckObjections(ctx context.Context, m, shop uuid.UUID) ([]relance.StuckObjections, error)
	LatestRuns(ctx context.Context, m, shop uuid.UUID, limit int) ([]relance.Run, error)
	Quarantine(ctx context.Context, m uuid.UUID, shops []uuid.UUID, after *uuid.UUID, limit int) ([]relance.Quarantined, error)
	Profiles(ctx context.Context, m uuid.UUID, q relance.ProfileQuery) (relance.ProfilePage, error)
	Profile(ctx context.Context, m, id uuid.UUID, want relance.ProfileWant, scope []uuid.UUID, now time.Time) (*relance.Profile, error)
	ProfilesByID(ctx context.Context, m uuid.UUID, ids []uuid.UUID, want relance.ProfileWant, scope []uuid.UUID, now time.Time) ([]*relance.Profile, error)
	Carts(ctx context.Context, m uuid.UUID, q relance.CartQuery) (*relance.CartPage, error)
	LabelsInUse(ctx context.Context, m uuid.UUID, scope []uuid.UUID) ([]relance.Label, error)
	PreferencesInUse(ctx context.Context, m uuid.UUID) ([]relance.MarketingPreference, error)
	Orders(ctx context.Context, m uuid.UUID, q relance.OrderQuery) (*relance.OrderPage, error)
	OrdersWithoutProfile(ctx context.Context, m uuid.UUID, scope []uuid.UUID, w relance.OrderWant) (*relance.OrderPage, error)
	Sales(ctx context.Context, m uuid.UUID, shops []uuid.UUID, between relance.TimeRange) ([]*relance.Sales, error)
	Products(ctx context.Context, m uuid.UUID, shops []uuid.UUID, page relance.Paging) (*relance.ProductPage, error)
	Messages(ctx context.Context, m, profile uuid.UUID, scope []uuid.UUID, limit int) ([]*relance.MessageView, error)
	Tokens(ctx context.Context, m uuid.UUID, shops bool) ([]relance.Token, error)
	Users(ctx context.Context, m uuid.UUID, shops bool) ([]relance.User, error)
	User(ctx context.Context, m, id uuid.UUID) (relance.User, error)
	Sessions(ctx context.Context, m, user uuid.UUID, now time.Time) ([]relance.Session, error)
	AuditEvents(ctx context.Context, m uuid.UUID, p relance.Paging, looks bool) (*relance.AuditPage, error)
	ShopSettings(ctx context.Context, m, shop uuid.UUID) (relance.ShopSettings, error)
	Overview(ctx context.Context, m uuid.UUID, shops []uuid.UUID, now time.Time) (*relance.Overview, error)
	SalesByMonth(ctx context.Context, m uuid.UUID, shops []uuid.UUID, months int, now time.Time) ([]*relance.MonthSales, error)
	Groups(ctx context.Context, m uuid.UUID, scope []uuid.UUID) ([]relance.CustomerGroup, error)
	GroupSales(ctx context.Context, m, group uuid.UUID, from, to time.Time, shops []uuid.UUID) ([]relance.GroupSales, error)
	Tasks(ctx context.Context, m uuid.UUID, q relance.TaskQuery) (*relance.TaskPage, error)
	MembershipTypes(ctx context.Context, m uuid.UUID) ([]relance.MembershipType, error)
	MembershipProfile(ctx context.Context, m, id uuid.UUID) (uuid.UUID, error)
	TaskProfile(ctx context.Context, m, id uuid.UUID) (uuid.UUID, error)
	DetailsOf(ctx context.Context, m, profile uuid.UUID) (relance.ProfileDetails, error)
	ProfileChanges(ctx context.Context, m, profile uuid.UUID, first int) ([]relance.ProfileChange, error)
	ChangedProfile(ctx context.Context, m, change uuid.UUID) (uuid.UUID, error)
	Import(ctx context.Context, m, id uuid.UUID, now time.Time) (relance.Import, error)
	Imports(ctx context.Context, m uuid.UUID, scope []uuid.UUID, limit int, now time.Time) ([]relance.Import, error)
	ImportErrors(ctx context.Context, m, id uuid.UUID, after int64, limit int) ([]relance.ImportError, error)
	MergeEntry(ctx context.Context, m, id uuid.UUID) (*relance.MergeEntry, error)
	ConsentPreferences(ctx context.Context, m uuid.UUID, retired bool) ([]relance.ConsentPreference, error)
	PersonConsents(ctx context.Context, m, profile uuid.UUID) (*relance.PersonConsents, error)
	Campaigns(ctx context.Context, m uuid.UUID) ([]relance.Campaign, error)
	Campaign(ctx context.Context, m, id uuid.UUID) (relance.Campaign, error)
	CampaignNumbers(ctx context.Context, m, campaign uuid.UUID) (*relance.CampaignNumbers, error)
	Refusals(ctx context.Context, m, campaign uuid.UUID) ([]relance.RefusalCount, error)
	CampaignDays(ctx context.Context, m, campaign uuid.UUID, from, to time.Time) ([]relance.CampaignDay, error)
	RevenueByCode(ctx context.Context, m, campaign uuid.UUID, shops []uuid.UUID) ([]relance.Money, error)
	Segments(ctx context.Context, m uuid.UUID) ([]relance.Segment, error)
	Outstanding(ctx context.Context, m uuid.UUID, q relance.OutstandingQuery, now time.Time) (*relance.OutstandingPage, error)
	Timeline(ctx context.Context, m uuid.UUID, q relance.TimelineQuery) (*relance.TimelinePage, error)
	GoodwillLimits(ctx context.Context, m uuid.UUID) (relance.GoodwillLimits, error)
	FollowUps(ctx context.Context, m uuid.UUID, q relance.FollowUpQuery) (*relance.FollowUpPage, error)
	OrdersAfter(ctx context.Context, m uuid.UUID, messages, shops []uuid.UUID) (map[uuid.UUID]*relance.OrderAfter, error)
	SendingRules(ctx context.Context, m uuid.UUID) (relance.SendingRules, error)
	Printers(ctx context.Context, m uuid.UUID) ([]relance.Printer, error)
	Batches(ctx context.Context, m uuid.UUID, limit int) ([]relance.PrintBatch, error)
	LetterCosts(ctx context.Context, m, campaign uuid.UUID) ([]relance.Money, error)
	TestLetters(ctx context.Context, m uuid.UUID, shops []uuid.UUID, batch *uuid.UUID, limit int) ([]relance.TestLetter, error)
	Proposals(ctx context.Context, m uuid.UUID, q relance.ProposalQuery) ([]relance.AddressProposal, error)
	Bought(ctx context.Context, m uuid.UUID, what relance.HabitKind, like string, limit int) ([]string, error)
	Exports(ctx context.Context, m uuid.UUID, scope []uuid.UUID, limit int) ([]relance.Export, error)
	Export(ctx context.Context, m, id uuid.UUID, scope []uuid.UUID) (relance.Export, error)
	PrivacyRequests(ctx context.Context, m uuid.UUID, id, profile *uuid.UUID, open bool, limit int) ([]*relance.PrivacyRequest, error)
	PrivacyRequest(ctx context.Context, m, id uuid.UUID) (*relance.PrivacyRequest, error)
	ConfirmingWord(ctx context.Context, m, profile uuid.UUID) (string, error)
	ShopErasures(ctx context.Context, m uuid.UUID, requests []uuid.UUID) ([]relance.ShopErasure, error)
	Suppressed(ctx context.Context, m uuid.UUID) (relance.Suppressed, error)
	Retention(ctx context.Context, m uuid.UUID) (relance.Retention, error)
	RetentionWarnings(ctx context.Context, m uuid.UUID, limit int) (*relance.RetentionList, error)
	BulkRuns(ctx context.Context, m uuid.UUID, scope []uuid.UUID, limit int) ([]relance.BulkRun, error)
	BulkRun(ctx context.Context, m, id uuid.UUID, scope []uuid.UUID) (relance.BulkRun, error)
}

// UseCases is what mutations do, and what the product knows of the platforms.
type UseCases interface {
	AdminURL(shop *relance.Shop, kind relance.Kind, externalID string) *string
	Kinds(p relance.Platform) []relance.Kind
	Connect(ctx context.Context, m uuid.UUID, p relance.Platform, cred relance.Credentials, name, actor string) (relance.Shop, error)
	SaveShopSecret(ctx context.Context, m, shop uuid.UUID, secret, actor string) error
	ShopWebhooks(ctx context.Context, shop *relance.Shop) (*relance.ShopWebhooks, error)
	StartSync(ctx context.Context, m, shop uuid.UUID, full bool) (relance.Run, error)
	MoveSync(ctx context.Context, m, run uuid.UUID, to relance.RunState) (relance.Run, error)
	Merge(ctx context.Context, m, into uuid.UUID, from []uuid.UUID, actor string) (merge, survivor uuid.UUID, err error)
	Unmerge(ctx context.Context, m, merge uuid.UUID, actor string) ([]uuid.UUID, error)
	DecideApart(ctx context.Context, m uuid.UUID, profiles []uuid.UUID, apart bool, actor string) ([]uuid.UUID, error)
	AssignOrder(ctx context.Context, m, order uuid.UUID, profile *uuid.UUID, actor string) error
	AddLabel(ctx context.Context, m, profile uuid.UUID, name, actor string) error
	RemoveLabel(ctx context.Context, m, profile uuid.UUID, name, actor string) error
	LookAt(ctx context.Context, m, profile uuid.UUID, actor string) error
	AddNote(ctx context.Context, m, profile uuid.UUID, body, actor string) error
	SaveGroup(ctx context.Context, m uuid.UUID, g relance.CustomerGroup, actor string) (uuid.UUID, error)
	RemoveGroup(ctx context.Context, m, id uuid.UUID, actor string) error
	SetGroup(ctx context.Context, m, profile uuid.UUID, group *uuid.UUID, actor string) error
	SaveMembershipType(ctx context.Context, m uuid.UUID, t relance.MembershipType, actor string) (uuid.UUID, error)
	RetireMembershipType(ctx context.Context, m, id uuid.UUID, actor string) error
	Enrol(ctx context.Context, m, profile uuid.UUID, e relance.Enrolling, actor string) error
	MoveMembership(ctx context.Context, m, id uuid.UUID, to relance.MembershipStatus, on *time.Time, actor string) error
	SetPaid(ctx context.Context, m, membership uuid.UUID, dueOn time.Time, paidOn *time.Time, actor string) error
	GiveGoodwill(ctx context.Context, m uuid.UUID, g relance.Goodwill, actor string) (uuid.UUID, error)
	SetGoodwillLimits(ctx context.Context, m uuid.UUID, l relance.GoodwillLimits, actor string) error
	ExtendVoucher(ctx context.Context, m, followUp uuid.UUID, day time.Time, actor string) error
	RevokeVoucher(ctx context.Context, m, followUp uuid.UUID, actor string) error
	Resend(ctx context.Context, m, followUp, key uuid.UUID, actor string) (uuid.UUID, error)
	AddTask(ctx context.Context, m, profile uuid.UUID, t relance.TaskChange, actor string) error
	ChangeTask(ctx context.Context, m, id uuid.UUID, t relance.TaskChange, actor string) error
	SetTaskDone(ctx context.Context, m, id uuid.UUID, done bool, actor string) error
	RemoveTask(ctx context.Context, m, id uuid.UUID, actor string) error
	RecordObjection(ctx context.Context, m, profile uuid.UUID, channel relance.ConsentChannel, undo bool, actor string) error
	SaveConsentPreference(ctx context.Context, m uuid.UUID, p relance.ConsentPreference, actor string) error
	RetireConsentPreference(ctx context.Context, m, id uuid.UUID, retired bool, actor string) error
	RecordConsent(ctx context.Context, m, profile uuid.UUID, h relance.HandConsent, actor string) error
	AddPerson(ctx context.Context, m uuid.UUID, shop *uuid.UUID, d relance.TypedDetails, actor string) (uuid.UUID, error)
	SaveDetails(ctx context.Context, m, profile uuid.UUID, d relance.TypedDetails, revision int, actor string) error
	UndoChange(ctx context.Context, m, change uuid.UUID, actor string) (uuid.UUID, error)
	UpsertCustomers(ctx context.Context, m uuid.UUID, shop *uuid.UUID, source string, list []*relance.CustomerUpsert, actor string) (*relance.Upserted, error)
	UpsertOrders(ctx context.Context, m uuid.UUID, shop *uuid.UUID, source string, list []*relance.OrderUpsert, actor string) (*relance.Upserted, error)
	UploadImport(ctx context.Context, m uuid.UUID, name string, file io.Reader, shops []uuid.UUID, actor string) (relance.Import, error)
	GuessImport(ctx context.Context, m uuid.UUID, i *relance.Import, what relance.ImportWhat) ([]string, error)
	StartImport(ctx context.Context, m, id uuid.UUID, p relance.ImportPlan, run bool, actor string) error
	UndoImport(ctx context.Context, m, id uuid.UUID, actor string) error
	PossibleDuplicates(ctx context.Context, m uuid.UUID, d relance.TypedDetails) ([]relance.Likeness, error)
	SetMainCurrency(ctx context.Context, m uuid.UUID, currency, actor string) error
	ChangeMerchant(ctx context.Context, m uuid.UUID, c relance.MerchantChange, actor string) error
	ChangeShopSettings(ctx context.Context, m, shop uuid.UUID, c relance.ShopSettingsChange, actor string) error
	Logo(ctx context.Context, m, shop uuid.UUID) (*relance.Logo, error)
	SetLogo(ctx context.Context, m, shop uuid.UUID, file io.Reader, actor string) error
	RemoveLogo(ctx context.Context, m, shop uuid.UUID, actor string) error
	RetryObjections(ctx context.Context, m, shop uuid.UUID, actor string) (int, error)
	CheckSender(ctx context.Context, m, shop uuid.UUID) (*relance.SenderCheck, error)
	Invite(ctx context.Context, m uuid.UUID, u relance.User, actor string) (id uuid.UUID, secret string, err error)
	ResetPassword(ctx context.Context, m, user uuid.UUID, actor string) (secret string, err error)
	ResetTwoFactor(ctx context.Context, m, user uuid.UUID, actor string) error
	ChangeRole(ctx context.Context, m, user uuid.UUID, role relance.Role, shops []uuid.UUID, actor string) error
	Disable(ctx context.Context, m, user uuid.UUID, disabled bool, actor string) error
	ChangeOwnProfile(ctx context.Context, b relance.Bearer, name, language string, monthlyReport *bool) error
	EndSession(ctx context.Context, b relance.Bearer, session uuid.UUID) error
	CreateToken(ctx context.Context, m uuid.UUID, t relance.Token, actor string) (secret string, added relance.Token, err error)
	RevokeToken(ctx context.Context, m, id uuid.UUID, actor string) error
	CreateCampaign(ctx context.Context, m uuid.UUID, name string, p relance.Plan, actor string) (relance.Campaign, error)
	ChangeCampaign(ctx context.Context, m, id uuid.UUID, version int, name string, p relance.Plan, actor string) (relance.Campaign, error)
	MoveCampaign(ctx context.Context, m, id uuid.UUID, to relance.CampaignState, confirmEverybody bool, actor string) (relance.Campaign, error)
	Preview(ctx context.Context, m, campaign uuid.UUID, examples int) (*relance.Preview, error)
	Backtest(ctx context.Context, m, campaign uuid.UUID, days, examples int) (*relance.Backtest, error)
	Why(ctx context.Context, m, campaign, profile uuid.UUID) ([]relance.Decision, error)
	Results(ctx context.Context, m, campaign uuid.UUID, windowDays int, shops []uuid.UUID) (*relance.CampaignResults, error)
	Report(ctx context.Context, m uuid.UUID, month string, shops []uuid.UUID) ([]relance.ReportRow, error)
	WriteReport(ctx context.Context, w io.Writer, m uuid.UUID, month, format, language string, shops []uuid.UUID) error
	CampaignTemplates(ctx context.Context, m uuid.UUID) ([]relance.Campaign, error)
	SaveSegment(ctx context.Context, m uuid.UUID, id *uuid.UUID, name string, f relance.Filter, actor string) (relance.Segment, error)
	SegmentParts(f relance.Filter) (members relance.Filter, leftOut *relance.Filter)
	CountSegment(ctx context.Context, m uuid.UUID, f relance.Filter) (int, error)
	DeleteSegment(ctx context.Context, m, id uuid.UUID, actor string) error
	DecideUncertain(ctx context.Context, m, followUp uuid.UUID, again bool, actor string) error
	StopSending(ctx context.Context, m uuid.UUID, stop bool, actor string) error
	Approve(ctx context.Context, m uuid.UUID, ids []uuid.UUID, approve bool, actor string) (int, error)
	SendTest(ctx context.Context, m, campaignID uuid.UUID, stepKey string, variant relance.MessageVariant, language string, shop, user uuid.UUID) error
	TryVoucher(ctx context.Context, m, campaignID uuid.UUID, stepKey string, variant relance.MessageVariant, shop uuid.UUID, email, actor string) (relance.PlannedVoucher, error)
	ChangeSendingRules(ctx context.Context, m uuid.UUID, c relance.SendingRulesChange, actor string) error
	AddPrinter(ctx context.Context, m uuid.UUID, c relance.PrinterChange, actor string) (relance.Printer, error)
	ChangePrinter(ctx context.Context, m, id uuid.UUID, c relance.PrinterChange, actor string) (relance.Printer, error)
	RemovePrinter(ctx context.Context, m, id uuid.UUID, actor string) error
	MakeBatch(ctx context.Context, m, printer uuid.UUID, actor string) (relance.PrintBatch, error)
	BatchPosted(ctx context.Context, m, batch uuid.UUID, on *time.Time, actor string) error
	StopLetters(ctx context.Context, m, followUp uuid.UUID, undo bool, actor string) error
	DecideProposal(ctx context.Context, m, id uuid.UUID, to relance.ProposalState, shops []uuid.UUID, actor string) error
	PreviewLetter(ctx context.Context, m uuid.UUID, o relance.LetterPreviewOrder) (*relance.LetterPreview, error)
	OrderTestLetter(ctx context.Context, m uuid.UUID, o relance.TestLetterOrder, actor string) (*relance.TestLetter, error)
	CampaignVersions(ctx context.Context, m, campaign uuid.UUID, before *int, first int) ([]relance.CampaignVersion, error)
	RestoreTexts(ctx context.Context, m, campaign uuid.UUID, version, from int, stepKey, actor string) (relance.Campaign, error)
	LetterTexts(k relance.TriggerKind) map[string]relance.LetterText
	StartExport(ctx context.Context, m uuid.UUID, c relance.ExportChoice, asSegment bool, scope []uuid.UUID, actor string) (uuid.UUID, error)
	CancelExport(ctx context.Context, m, id uuid.UUID) error
	AddPrivacyRequest(ctx context.Context, m uuid.UUID, r relance.NewPrivacyRequest, actor string) (uuid.UUID, error)
	IdentifyRequester(ctx context.Context, m, id, profile uuid.UUID, how, actor string) error
	RestrictRequester(ctx context.Context, m, id uuid.UUID, on bool, actor string) error
	FinishPrivacyRequest(ctx context.Context, m, id uuid.UUID, actor string) error
	RefusePrivacyRequest(ctx context.Context, m, id uuid.UUID, reason, actor string) error
	ErasePerson(ctx context.Context, m, id uuid.UUID, confirm, actor string) error
	ShopPeople(ctx context.Context, m, request uuid.UUID) (*relance.ShopPeople, error)
	EraseShop(ctx context.Context, m, request uuid.UUID, confirm, actor string) error
	LiftSuppression(ctx context.Context, m uuid.UUID, email, actor string) error
	SetRetention(ctx context.Context, m uuid.UUID, r relance.Retention, actor string) error
	KeepFromErasure(ctx context.Context, m uuid.UUID, profiles []uuid.UUID, keep bool, actor string) (int64, error)
	SetPhoto(ctx context.Context, m, profile uuid.UUID, file io.Reader, actor string) error
	RemovePhoto(ctx context.Context, m, profile uuid.UUID, actor string) error
	StartBulk(ctx context.Context, m, key uuid.UUID, act relance.BulkAct, people relance.BulkPeople, asSegment bool, scope []uuid.UUID, actor string) (uuid.UUID, error)
	CancelBulk(ctx context.Context, m, id uuid.UUID) error
	UndoBulk(ctx context.Context, m, id uuid.UUID, actor string) error
}

// Resolver answers the schema's fields.
type Resolver struct {
	Read Reader
	Use  UseCases
	Now  func() time.Time
	// ProgressEvery is how often a subscription looks at its run.
	ProgressEvery time.Duration
}

// maxFirst is the largest page of any list.
const maxFirst = 250

// paging checks a page's size.
func paging(first int, after *string) (relance.Paging, error) {
	if first < 1 || first > maxFirst {
		return relance.Paging{}, relance.FieldErrorf("first", "first must be from 1 to %d", maxFirst)
	}
	p := relance.Paging{First: first}
	if after != nil {
		p.After = *after
	}
	return p, nil
}

// scopeOf narrows what the bearer may see to the shops asked for; nil is all.
func scopeOf(b relance.Bearer, asked []uuid.UUID) ([]uuid.UUID, error) {
	if len(asked) == 0 {
		return b.ShopIDs, nil
	}
	for _, id := range asked {
		if !b.Sees(id) {
			return nil, relance.Errorf(relance.CodeForbidden, "this token is limited to other shops")
		}
	}
	return asked, nil
}

// visible gives a thing of a shop only to who may see the shop.
func visible(b relance.Bearer, shop uuid.UUID, what string) error {
	if !b.Sees(shop) {
		return relance.Errorf(relance.CodeNotFound, "there is no such %s", what)
	}
	return nil
}
