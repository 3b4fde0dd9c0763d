import { useLingui } from '@lingui/react/macro'
import { Checkbox, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import type { CsvSeparator, ExportFormat } from '../gql/graphql'

/** The form of a file, as exports take it. */
export function useFileForm() {
  const { i18n } = useLingui()
  return useState({ format: 'XLSX' as ExportFormat, language: i18n.locale, separator: (i18n.locale === 'en' ? 'COMMA' : 'SEMICOLON') as CsvSeparator, byteOrderMark: true })
}

type Props = { form: ReturnType<typeof useFileForm>; children?: React.ReactNode }

/** Asks for the form of a file; children stand behind the format. */
export function FileForm({ form: [form, change], children }: Props) {
  const { t } = useLingui()
  return (
    <>
      <NativeSelect
        data-autofocus
        label={t`Format`}
        value={form.format}
        data={[
          { value: 'XLSX', label: t`Excel (XLSX)` },
          { value: 'CSV', label: t`Text (CSV)` },
        ]}
        onChange={(e) => change({ ...form, format: e.currentTarget.value as ExportFormat })}
      />
      {children}
      {form.format === 'CSV' && (
        <>
          <NativeSelect
            label={t`Between values`}
            value={form.separator}
            data={[
              { value: 'COMMA', label: t`Comma` },
              { value: 'SEMICOLON', label: t`Semicolon (French and German Excel)` },
              { value: 'TAB', label: t`Tab` },
            ]}
            onChange={(e) => change({ ...form, separator: e.currentTarget.value as CsvSeparator })}
          />
          <Checkbox label={t`Mark as UTF-8 for Excel`} checked={form.byteOrderMark} onChange={(e) => change({ ...form, byteOrderMark: e.currentTarget.checked })} />
        </>
      )}
    </>
  )
}
