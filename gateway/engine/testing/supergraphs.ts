import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: [
  "@key", "@external", "@requires", "@provides", "@shareable", "@interfaceObject", "@inaccessible", "@override"
])`

/** Composes subgraphs, given by their SDL without the link to federation. */
export function composeSubgraphs(subgraphs: Readonly<Record<string, string>>): string {
  const services = Object.entries(subgraphs).map(([name, sdl]) => ({
    name,
    url: `http://${name}.test`,
    typeDefs: parse(`${LINK}\n${sdl}`),
  }))
  const { supergraphSdl, errors } = composeServices(services)
  if (supergraphSdl === undefined) throw new Error(`The subgraphs do not compose: ${errors?.join('\n')}`)
  return supergraphSdl
}

/** Small supergraphs that hold what our own does not. */
export const SUPERGRAPHS: Readonly<Record<string, () => string>> = {
  'interfaces, unions and lists in lists': () =>
    composeSubgraphs({
      shop: `
        type Query { products: [Product!]! shelves: [[Product]!]! anything(kind: Kind, at: Point): Anything @shareable featured: Featured }
        interface Product { id: ID! name: String dimensions: Size }
        union Anything = Book | Toy | Note
        interface Featured { label(upper: Boolean = false): String! }
        type Book implements Product & Featured @key(fields: "id") {
          id: ID! name: String @shareable dimensions: Size @shareable label(upper: Boolean = false): String! kind: Kind! sequels: [[Book!]!]
        }
        type Toy implements Product @key(fields: "id") { id: ID! name: String dimensions: Size @shareable age: Int color: Color! }
        type Note { text: String! at: When }
        type Size @shareable { width: Float! height: Float }
        enum Kind { NOVEL POEM }
        scalar When
        scalar Color
        input Point { x: Int! = 0 y: Int tags: [String!] inner: Point }
      `,
      reviews: `
        type Query { best: [Rated!] anything(kind: Kind, at: Point): Anything @shareable }
        enum Kind { NOVEL POEM }
        input Point { x: Int! = 0 y: Int tags: [String!] inner: Point }
        union Anything = Book | Toy
        interface Rated { stars: Int! reviews(first: Int = 2): [Review!]! }
        type Book implements Rated @key(fields: "id") { id: ID! stars: Int! reviews(first: Int = 2): [Review!]! }
        type Toy implements Rated @key(fields: "id") { id: ID! stars: Int! reviews(first: Int = 2): [Review!]! }
        type Size @shareable { width: Float! height: Float }
        type Review { body: String about: Anything author: Author! }
        type Author @key(fields: "id") @key(fields: "email") { id: ID! email: String! }
      `,
      people: `
        type Query { authors: [[Author]] }
        type Author @key(fields: "email") { email: String! name: String! books: [Book] @provides(fields: "name") }
        type Book @key(fields: "id") { id: ID! name: String @external }
      `,
    }),
  'interface objects': () =>
    composeSubgraphs({
      library: `
        type Query { media: [Media!]! video: Video }
        type Mutation { publish(id: ID!): Media }
        interface Media @key(fields: "id") { id: ID! title: String! }
        type Video implements Media @key(fields: "id") { id: ID! title: String! minutes: Int! parts: [Media!] }
        type Song implements Media @key(fields: "id") { id: ID! title: String! singer: String }
      `,
      ratings: `
        type Query { top: [Media!] }
        type Media @key(fields: "id") @interfaceObject { id: ID! title: String! @external rating: Int! headline: String @requires(fields: "title") }
      `,
      shops: `
        type Mutation { price(id: ID!, amount: Float): Media }
        type Media @key(fields: "id") @interfaceObject { id: ID! price: Float offers: [Offer!]! }
        type Offer @key(fields: "code") { code: ID! media: Media! amount: Float! }
      `,
    }),
  'requirements and nested keys': () =>
    composeSubgraphs({
      orders: `
        type Query { orders(first: Int! = 3): [Order!]! order(id: ID!): Order @shareable }
        type Mutation { place(order: NewOrder!): PlaceResult! cancel(id: ID!): Order }
        union PlaceResult = Order | Refused
        type Refused { reason: String! }
        input NewOrder { id: ID lines: [NewLine!]! note: String = "none" }
        input NewLine { sku: ID! count: Int! }
        type Order @key(fields: "id") { id: ID! lines: [OrderLine!]! address: Address customer: Customer }
        type OrderLine @key(fields: "order { id } number") { order: Order! number: Int! item: Item! }
        type Item @key(fields: "sku") { sku: ID! }
        type Address @shareable { city: String! zip: String }
        type Customer @key(fields: "id region { code }") { id: ID! region: Region! }
        type Region @shareable { code: String! }
      `,
      stock: `
        type Query { order(id: ID!): Order @shareable }
        type Order @key(fields: "id") { id: ID! }
        type Item @key(fields: "sku") { sku: ID! weight: Float parcel: Parcel warehouses: [Warehouse!] }
        type Parcel { size: Int! fragile: Boolean }
        type Warehouse { name: String! items: [Item!]! }
        type OrderLine @key(fields: "order { id } number") { order: Order! number: Int! reserved: Boolean! }
      `,
      delivery: `
        type Order @key(fields: "id") { id: ID! address: Address @external route: [String!] @requires(fields: "address { city zip }") }
        type Address { city: String! @external zip: String @external }
        type Item @key(fields: "sku") {
          sku: ID! weight: Float @external parcel: Parcel @external
          cost(express: Boolean): Float @requires(fields: "weight parcel { size fragile }")
          label: Label! @requires(fields: "weight")
        }
        type Parcel { size: Int! @external fragile: Boolean @external }
        type Label @key(fields: "code") { code: ID! item: Item }
      `,
      people: `
        type Customer @key(fields: "id region { code }") { id: ID! region: Region! name: String! friends: [Customer!] secret: String @inaccessible }
        type Region @shareable { code: String! }
        type Label @key(fields: "code") { code: ID! printedBy: Customer }
      `,
    }),
}
