//! Facts from declarations: the derives describe a struct and map it to a row, and do nothing else.
//!
//! | on a struct | meaning |
//! |---|---|
//! | `#[entity(set = "Parties")]` | name of the entity set, where adding an `s` is wrong |
//! | `#[entity(title = "name")]` | the field that people call it by |
//! | `#[entity(number = "SO{year}-{n:05}")]` | numbered by a series |
//! | `#[entity(search = "number, customer")]` | found by these fields |
//! | `#[entity(list = "number, net")]` | columns of its first list |
//! | `#[entity(owner = "customer.responsible")]` | whose it is, for the row rule *own* |
//! | `#[entity(about = "about")]` | seen by who may see the record that this origin names |
//! | `#[entity(line_of = "SalesOrder")]` | a line, living and dying with its parent |
//! | `#[entity(unique = "company, code", index = "party")]` | indexes; several joined by `;` |
//!
//! | on a field | meaning |
//! |---|---|
//! | `#[field(long)]` | text of several lines |
//! | `#[field(readonly)]` | set by commands only |
//! | `#[field(personal)]` | personal data: erased or pseudonymised on request |
//! | `#[field(secret)]` | never leaves the database |
//! | `#[field(was = "old_name")]` | the name that older clients use |
//! | `#[field(default = "…")]` | offered, and taken where nothing is given |
//! | `#[field(quantity)]` | a decimal that counts in the product's unit |
//! | `#[lines]` | a vector of lines |

use proc_macro::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Fields, LitStr, parse_macro_input};

/// Describes an entity and maps it to a record.
#[proc_macro_derive(Entity, attributes(entity, field, lines))]
pub fn entity(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand_entity(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Describes a command's input and reads it from values.
#[proc_macro_derive(Input, attributes(field, lines))]
pub fn input(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand_input(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// An enum whose values are stored and sent as `snake_case` words.
#[proc_macro_derive(Choice)]
pub fn choice(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand_choice(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

struct Parts {
    facts: Vec<proc_macro2::TokenStream>,
    put: Vec<proc_macro2::TokenStream>,
    take: Vec<proc_macro2::TokenStream>,
    lines: Vec<(syn::Ident, syn::Type)>,
}

fn parts(input: &DeriveInput, skip: &[&str]) -> syn::Result<Parts> {
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new_spanned(input, "only a struct can be described"));
    };
    let mut parts = Parts { facts: vec![], put: vec![], take: vec![], lines: vec![] };
    let Fields::Named(named) = &data.fields else { return Ok(parts) };
    for field in &named.named {
        let Some(ident) = field.ident.clone() else { continue };
        let ty = &field.ty;
        if skip.contains(&ident.to_string().as_str()) {
            continue;
        }
        if field.attrs.iter().any(|a| a.path().is_ident("lines")) {
            parts.lines.push((ident, element(ty)?));
            continue;
        }
        let name = ident.to_string();
        let mut set = Vec::new();
        for attr in field.attrs.iter().filter(|a| a.path().is_ident("field")) {
            attr.parse_nested_meta(|meta| {
                let key = format_ident!("{}", meta.path.require_ident()?.to_string());
                if meta.input.peek(syn::Token![=]) {
                    let value: LitStr = meta.value()?.parse()?;
                    set.push(quote! { .#key(#value) });
                } else {
                    set.push(quote! { .#key() });
                }
                Ok(())
            })?;
        }
        parts.facts.push(quote! {
            fields.extend(<#ty as ::kernel::FieldType>::facts(#name).into_iter().map(|f| f #(#set)*));
        });
        parts.put.push(quote! { ::kernel::FieldType::put(&self.#ident, out); });
        parts.take.push(quote! { #ident: ::kernel::FieldType::take(values)?, });
    }
    Ok(parts)
}

fn element(ty: &syn::Type) -> syn::Result<syn::Type> {
    if let syn::Type::Path(path) = ty
        && let Some(last) = path.path.segments.last()
        && let syn::PathArguments::AngleBracketed(args) = &last.arguments
        && let Some(syn::GenericArgument::Type(inner)) = args.args.first()
    {
        return Ok(inner.clone());
    }
    Err(syn::Error::new_spanned(ty, "lines are a Vec of lines"))
}

fn expand_entity(input: &DeriveInput) -> syn::Result<proc_macro2::TokenStream> {
    let ident = &input.ident;
    let name = ident.to_string();
    let parts = parts(input, &["id"])?;
    let mut set = Vec::new();
    for attr in input.attrs.iter().filter(|a| a.path().is_ident("entity")) {
        attr.parse_nested_meta(|meta| {
            let key = format_ident!("{}", meta.path.require_ident()?.to_string());
            let value: LitStr = meta.value()?.parse()?;
            set.push(quote! { .#key(#value) });
            Ok(())
        })?;
    }
    let Parts { facts, put, take, lines } = parts;
    let line_names: Vec<String> = lines.iter().map(|(i, _)| i.to_string()).collect();
    let line_idents: Vec<_> = lines.iter().map(|(i, _)| i).collect();
    let line_types: Vec<_> = lines.iter().map(|(_, t)| t).collect();
    Ok(quote! {
        impl ::kernel::Entity for #ident {
            const NAME: &'static str = #name;
            fn describe() -> ::kernel::Description {
                let mut fields: Vec<::kernel::Field> = Vec::new();
                #(#facts)*
                ::kernel::Description::new(#name, fields)
                    #(.lines(#line_names, <#line_types as ::kernel::Entity>::NAME))*
                    #(#set)*
            }
            fn id(&self) -> i64 { self.id }
            fn set_id(&mut self, id: i64) { self.id = id; }
            fn put(&self, out: &mut Vec<::kernel::Value>) { #(#put)* }
            fn take(
                id: i64,
                values: &mut ::kernel::Values,
                lines: &mut std::vec::IntoIter<Vec<::kernel::Record>>,
            ) -> ::kernel::Result<Self> {
                Ok(Self {
                    id,
                    #(#take)*
                    #(#line_idents: ::kernel::take_lines::<#line_types>(lines)?,)*
                })
            }
            fn put_lines(&mut self, out: &mut Vec<Vec<::kernel::Record>>, ids: &mut dyn FnMut() -> ::kernel::Result<i64>) -> ::kernel::Result<()> {
                #(out.push(::kernel::put_lines(&mut self.#line_idents, ids)?);)*
                Ok(())
            }
        }
    })
}

fn expand_input(input: &DeriveInput) -> syn::Result<proc_macro2::TokenStream> {
    let ident = &input.ident;
    let Parts { facts, take, lines, .. } = parts(input, &[])?;
    let line_names: Vec<String> = lines.iter().map(|(i, _)| i.to_string()).collect();
    let line_idents: Vec<_> = lines.iter().map(|(i, _)| i).collect();
    let line_types: Vec<_> = lines.iter().map(|(_, t)| t).collect();
    Ok(quote! {
        impl ::kernel::Input for #ident {
            fn describe() -> ::kernel::InputFacts {
                let mut fields: Vec<::kernel::Field> = Vec::new();
                #(#facts)*
                ::kernel::InputFacts { fields, lines: vec![#((#line_names, <#line_types as ::kernel::Input>::describe())),*] }
            }
            fn take(values: &mut ::kernel::Values, lines: &mut std::vec::IntoIter<Vec<::kernel::InputValues>>) -> ::kernel::Result<Self> {
                Ok(Self {
                    #(#take)*
                    #(#line_idents: ::kernel::take_inputs::<#line_types>(lines)?,)*
                })
            }
        }
    })
}

fn expand_choice(input: &DeriveInput) -> syn::Result<proc_macro2::TokenStream> {
    let ident = &input.ident;
    let Data::Enum(data) = &input.data else {
        return Err(syn::Error::new_spanned(input, "only an enum can be a choice"));
    };
    let variants: Vec<_> = data.variants.iter().map(|v| &v.ident).collect();
    let words: Vec<String> = variants.iter().map(|v| snake(&v.to_string())).collect();
    Ok(quote! {
        impl ::kernel::Choice for #ident {
            const WORDS: &'static [&'static str] = &[#(#words),*];
            fn word(&self) -> &'static str {
                match self { #(Self::#variants => #words,)* }
            }
            fn of(word: &str) -> Option<Self> {
                match word { #(#words => Some(Self::#variants),)* _ => None }
            }
        }
        impl ::kernel::FieldType for #ident {
            fn facts(name: &'static str) -> Vec<::kernel::Field> { ::kernel::choice_facts::<Self>(name) }
            fn put(&self, out: &mut Vec<::kernel::Value>) { out.push(::kernel::Choice::word(self).into()); }
            fn take(values: &mut ::kernel::Values) -> ::kernel::Result<Self> { ::kernel::take_choice(values) }
        }
    })
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for (i, c) in name.char_indices() {
        if c.is_uppercase() && i > 0 {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}
