package prestashoptest

// The columns of each resource: names, marks and formats, in the notation of
// newResource.
const (
	colsStates          = `id_zone! isUnsignedId, id_country! isUnsignedId @countries, iso_code!, name! isGenericName, active isBool`
	colsConfigurations  = `value, name! isConfigName, id_shop_group isUnsignedId, id_shop isUnsignedId, date_add isDate, date_upd isDate`
	colsProductOptions  = `is_color_group isBool, group_type!, position isInt, name!# isGenericName, public_name!# isGenericName`
	colsStockAvailables = `id_product! isUnsignedId @products, id_product_attribute! isUnsignedId, id_shop isUnsignedId, id_shop_group isUnsignedId, quantity! isInt, depends_on_stock! isBool, out_of_stock! isInt, location isString`

	colsAddresses = `id_customer isNullOrUnsignedId @customers, id_manufacturer isNullOrUnsignedId, id_supplier isNullOrUnsignedId,
id_country! isUnsignedId @countries, id_state isNullOrUnsignedId @states, id_warehouse isNullOrUnsignedId, alias!
isGenericName, company isGenericName, lastname! isName, firstname! isName, vat_number isGenericName, address1!
isAddress, address2 isAddress, postcode isPostCode, city! isCityName, other isMessage, phone isPhoneNumber,
phone_mobile isPhoneNumber, dni isDniLite, deleted isBool, date_add isDate, date_upd isDate`
	colsCartRules = `id_customer isUnsignedId @customers, date_from! isDate, date_to! isDate, description isCleanHtml, quantity
isUnsignedInt, quantity_per_user isUnsignedInt, priority isUnsignedInt, partial_use isBool, code isCleanHtml,
minimum_amount isFloat, minimum_amount_tax isBool, minimum_amount_currency isInt, minimum_amount_shipping isBool,
minimum_product_quantity isInt, country_restriction isBool, carrier_restriction isBool, group_restriction isBool,
cart_rule_restriction isBool, product_restriction isBool, shop_restriction isBool, free_shipping isBool,
reduction_percent isPercentage, reduction_amount isFloat, reduction_tax isBool, reduction_currency isUnsignedId,
reduction_product isInt, reduction_exclude_special isBool, gift_product isUnsignedId, gift_product_attribute
isUnsignedId, highlight isBool, active isBool, date_add isDate, date_upd isDate, id_cart_rule_type isUnsignedId, name#
defaultLanguageRequiredWhenActive`
	colsCarts = `id_address_delivery isUnsignedId @addresses, id_address_invoice isUnsignedId @addresses, id_currency! isUnsignedId
@currencies, id_customer isUnsignedId @customers, id_guest isUnsignedId @guests, id_lang! isUnsignedId @languages,
id_shop_group isUnsignedId, id_shop isUnsignedId, id_carrier isUnsignedId, recyclable isBool, gift isBool,
gift_message isCleanHtml, mobile_theme isBool, delivery_option, secure_key, allow_seperated_package isBool, date_add
isDate, date_upd isDate`
	colsCategories = `id_parent isUnsignedInt @categories, level_depth~ isUnsignedInt, nb_products_recursive~-, active! isBool,
id_shop_default isUnsignedId, is_root_category isBool, position, redirect_type isString, id_type_redirected
isUnsignedId, date_add isDate, date_upd isDate, name!# isCatalogName, link_rewrite!# isLinkRewrite, description#
isCleanHtml, additional_description# isCleanHtml, meta_title# isGenericName, meta_description# isGenericName`
	colsCombinations = `id_product! isUnsignedId @products, ean13 isEan13, isbn isIsbn, upc isUpc, mpn isMpn, reference, supplier_reference,
wholesale_price isNegativePrice, price isNegativePrice, ecotax isPrice, weight isFloat, unit_price_impact
isNegativePrice, minimal_quantity! isPositiveInt, low_stock_threshold isInt, low_stock_alert isBool, default_on
isBool, available_date isDateFormat, available_now# isGenericName, available_later# IsGenericName`
	colsCountries = `id_zone! isUnsignedId, id_currency isUnsignedId @currencies, call_prefix isInt, iso_code! isLanguageIsoCode, active
isBool, contains_states! isBool, need_identification_number! isBool, need_zip_code isBool, zip_code_format
isZipCodeFormat, display_tax_label! isBool, name!# isGenericName`
	colsCurrencies = `names#, name!- isGenericName, symbol#, iso_code! isLanguageIsoCode, numeric_iso_code isNumericIsoCode, precision
isInt, conversion_rate! isUnsignedFloat, deleted isBool, active isBool, unofficial isBool, modified isBool, pattern#`
	colsCustomerMessages = `id_employee isUnsignedId, id_product isUnsignedId @products, id_customer_thread @customer_threads, ip_address
isIp2Long, message! isCleanHtml, file_name, user_agent, private isBool, date_add isDate, date_upd isDate, read isBool`
	colsCustomerThreads = `id_lang! isUnsignedId @languages, id_shop isUnsignedId, id_customer isUnsignedId @customers, id_order isUnsignedId
@orders, id_product isUnsignedId @products, id_contact! isUnsignedId, email isEmail, token! isGenericName, status,
date_add isDate, date_upd isDate`
	colsCustomers = `id_default_group @groups, id_lang isUnsignedId @languages, newsletter_date_add, ip_registration_newsletter,
last_passwd_gen~, secure_key~ isMd5, deleted isBool, passwd! isHashedPassword, lastname! isCustomerName, firstname!
isCustomerName, email! isEmail, id_gender isUnsignedId, birthday isBirthDate, newsletter isBool, optin isBool, website
isUrl, company isGenericName, siret isGenericName, ape isApe, outstanding_allow_amount isFloat, show_public_prices
isBool, id_risk isUnsignedInt, max_payment_days isUnsignedInt, active isBool, note, is_guest isBool, id_shop
isUnsignedId, id_shop_group isUnsignedId, date_add isDate, date_upd isDate, reset_password_token isSha1,
reset_password_validity isDateOrNull`
	colsGroups = `reduction isFloat, price_display_method! isPriceDisplayMethod, show_prices isBool, date_add isDate, date_upd isDate,
name!# isGenericName`
	colsGuests = `id_customer isUnsignedId @customers, id_operating_system isUnsignedId, id_web_browser isUnsignedId, javascript isBool,
screen_resolution_x isInt, screen_resolution_y isInt, screen_color isInt, sun_java isBool, adobe_flash isBool,
adobe_director isBool, apple_quicktime isBool, real_player isBool, windows_media isBool, accept_language
isGenericName, mobile_theme isBool`
	colsLanguages = `name! isGenericName, iso_code! isLanguageIsoCode, locale isLocale, language_code isLanguageCode, active isBool,
is_rtl isBool, date_format_lite! isPhpDateFormat, date_format_full! isPhpDateFormat`
	colsOrderCarriers = `id_order! isUnsignedId @orders, id_carrier! isUnsignedId, id_order_invoice isUnsignedId, weight isFloat,
shipping_cost_tax_excl isFloat, shipping_cost_tax_incl isFloat, tracking_number isTrackingNumber, date_add isDate`
	colsOrderCartRules = `id_order! isUnsignedId @orders, id_cart_rule! isUnsignedId, id_order_invoice isUnsignedId, name!, value! isFloat,
value_tax_excl! isFloat, free_shipping isBool, deleted isBool`
	colsOrderDetails = `id_order! isUnsignedId @orders, product_id isUnsignedId @products, product_attribute_id isUnsignedId,
product_quantity_reinjected isUnsignedInt, group_reduction isFloat, discount_quantity_applied isInt, download_hash
isGenericName, download_deadline isDateFormat, id_order_invoice isUnsignedId, id_warehouse! isUnsignedId, id_shop!
isUnsignedId, id_customization isUnsignedId, product_name! isGenericName, product_quantity! isInt,
product_quantity_in_stock isInt, product_quantity_return isUnsignedInt, product_quantity_refunded isUnsignedInt,
product_price! isPrice, reduction_percent isFloat, reduction_amount isPrice, reduction_amount_tax_incl isPrice,
reduction_amount_tax_excl isPrice, product_quantity_discount isFloat, product_ean13 isEan13, product_isbn isIsbn,
product_upc isUpc, product_mpn isMpn, product_reference isReference, product_supplier_reference isReference,
product_weight isFloat, tax_computation_method isUnsignedId, id_tax_rules_group isInt, ecotax isFloat, ecotax_tax_rate
isFloat, download_nb isInt, unit_price_tax_incl isPrice, unit_price_tax_excl isPrice, total_price_tax_incl isPrice,
total_price_tax_excl isPrice, total_shipping_price_tax_excl isPrice, total_shipping_price_tax_incl isPrice,
purchase_supplier_price isPrice, original_product_price isPrice, original_wholesale_price isPrice,
total_refunded_tax_excl isPrice, total_refunded_tax_incl isPrice`
	colsOrderHistories = `id_employee isUnsignedId, id_order_state! isUnsignedId @order_states, id_order! isUnsignedId @orders, date_add isDate`
	colsOrderPayments  = `order_reference, id_currency! isUnsignedId @currencies, amount! isPrice, payment_method isGenericName, conversion_rate
isFloat, transaction_id, card_number, card_brand, card_expiration, card_holder, date_add isDate, id_employee
isUnsignedId`
	colsOrderSlip = `id_customer! isUnsignedId @customers, id_order! isUnsignedId @orders, conversion_rate! isFloat,
total_products_tax_excl! isFloat, total_products_tax_incl! isFloat, total_shipping_tax_excl! isFloat,
total_shipping_tax_incl! isFloat, amount isFloat, shipping_cost, shipping_cost_amount isFloat, partial, date_add
isDate, date_upd isDate, order_slip_type isInt`
	colsOrderStates = `unremovable isBool, delivery isBool, hidden isBool, send_email isBool, module_name isModuleName, invoice isBool, color
isColor, logable isBool, shipped isBool, paid isBool, pdf_delivery isBool, pdf_invoice isBool, deleted isBool, name!#
isGenericName, template# isTplName`
	colsOrders = `id_address_delivery! isUnsignedId @addresses, id_address_invoice! isUnsignedId @addresses, id_cart! isUnsignedId
@carts, id_currency! isUnsignedId @currencies, id_lang! isUnsignedId @languages, id_customer! isUnsignedId @customers,
id_carrier! isUnsignedId, current_state isUnsignedId @order_states, module! isModuleName, invoice_number,
invoice_date, delivery_number, delivery_date, valid, date_add isDate, date_upd isDate, shipping_number-, note,
id_shop_group isUnsignedId, id_shop isUnsignedId, secure_key isMd5, payment! isGenericName, recyclable isBool, gift
isBool, gift_message isCleanHtml, mobile_theme isBool, total_discounts isPrice, total_discounts_tax_incl isPrice,
total_discounts_tax_excl isPrice, total_paid! isPrice, total_paid_tax_incl isPrice, total_paid_tax_excl isPrice,
total_paid_real! isPrice, total_products! isPrice, total_products_wt! isPrice, total_shipping isPrice,
total_shipping_tax_incl isPrice, total_shipping_tax_excl isPrice, carrier_tax_rate isFloat, total_wrapping isPrice,
total_wrapping_tax_incl isPrice, total_wrapping_tax_excl isPrice, round_mode isUnsignedId, round_type isUnsignedId,
conversion_rate! isFloat, reference`
	colsProductOptionValues = `id_attribute_group! isUnsignedId @product_options, color isColor, position isInt, name!# isGenericName`
	colsProducts            = `id_manufacturer isUnsignedId, id_supplier isUnsignedId, id_category_default isUnsignedId @categories, new,
cache_default_attribute, id_default_image-, id_default_combination-, id_tax_rules_group isUnsignedId,
position_in_category-, manufacturer_name~-, quantity~-, type-, id_shop_default isUnsignedId, reference isReference,
supplier_reference isReference, location isString, width isUnsignedFloat, height isUnsignedFloat, depth
isUnsignedFloat, weight isUnsignedFloat, quantity_discount isBool, ean13 isGtin, isbn isIsbn, upc isUpc, mpn isMpn,
cache_is_pack isBool, cache_has_attachments isBool, is_virtual isBool, state isUnsignedId, additional_delivery_times
isUnsignedId, delivery_in_stock# isGenericName, delivery_out_stock# isGenericName, product_type isGenericName, on_sale
isBool, online_only isBool, ecotax isPrice, minimal_quantity isPositiveInt, low_stock_threshold isInt, low_stock_alert
isBool, price! isPrice, wholesale_price isPrice, unity isString, unit_price isPrice, unit_price_ratio,
additional_shipping_cost isPrice, customizable isUnsignedInt, text_fields isUnsignedInt, uploadable_files
isUnsignedInt, active isBool, redirect_type isString, id_type_redirected isUnsignedId, available_for_order isBool,
available_date isDateFormat, show_condition isBool, condition isGenericName, show_price isBool, indexed isBool,
visibility isProductVisibility, advanced_stock_management isBool, date_add isDate, date_upd isDate, pack_stock_type
isUnsignedInt, meta_description# isGenericName, meta_title# isGenericName, link_rewrite# isLinkRewrite, name#
isCatalogName, description# isCleanHtml, description_short# isCleanHtml, available_now# isGenericName,
available_later# IsGenericName`
	colsShops = `id_shop_group!, id_category!, active isBool, deleted isBool, name! isGenericName, color isColor, theme_name
isThemeName`
)
