using System.Reflection;
using System.Reflection.Emit;
using NeuroLab.Infrastructure.Caching.Serialization;

namespace NeuroLab.UnitTests.Caching.Serialization;

/// <summary>Types are made at run time, all of one name, so that nothing but the shape can make the difference.</summary>
public sealed class SchemaFingerprintTests
{
    private const ulong StringSchema = 12505340503380119789;
    private const ulong SampleSchema = 1728847077486007356;

    private readonly CacheSerializer _serializer = new();

    private enum Colour
    {
        Red = 1,
        Green = 2,
    }

    [Fact]
    public void SchemaOf_WhenAskedInAnyProcess_IsTheSameNumber()
    {
        // Constants: a build on another machine, or with another runtime, has to come to them too.
        _serializer.SchemaOf<string>().Should().Be(StringSchema);
        _serializer.SchemaOf<Sample>().Should().Be(SampleSchema);
        _serializer.SchemaOf<Sample>().Should().Be(SampleSchema);
    }

    [Fact]
    public void Of_WhenTheShapeIsTheSame_IsTheSameWhateverTheOrderOfMembers()
    {
        var one = Make(("Name", typeof(string)), ("Count", typeof(int)));
        var other = Make(("Count", typeof(int)), ("Name", typeof(string)));

        SchemaFingerprint.Of(one).Should().Be(SchemaFingerprint.Of(other));
    }

    [Fact]
    public void Of_WhenTheShapeDiffersInOneThing_Differs()
    {
        Type[] shapes =
        [
            Make(("Name", typeof(string)), ("Count", typeof(int))),
            Make(("Name", typeof(string)), ("Count", typeof(int)), ("Added", typeof(int))),
            Make(("Name", typeof(string))),
            Make(("Name", typeof(string)), ("Counted", typeof(int))),
            Make(("Name", typeof(string)), ("Count", typeof(long))),
            Make(("Name", typeof(string)), ("Count", typeof(int?))),
            Make(("Name", typeof(string)), ("Count", typeof(int[]))),
            Make(("Name", typeof(string)), ("Count", typeof(IReadOnlyList<int>))),
            Make(("Name", typeof(string)), ("Count", typeof(IReadOnlyList<long>))),
            Make(("Name", typeof(string)), ("Count", typeof(Dictionary<string, int>))),
            Make(("Name", typeof(string)), ("Count", typeof(Colour))),
            Make(("Name", typeof(string)), ("Count", MakeEnum(("Red", 1), ("Green", 2)))),
            Make(("Name", typeof(string)), ("Count", MakeEnum(("Red", 1), ("Green", 3)))),
            Make(("Name", typeof(string)), ("Count", MakeEnum(("Red", 1), ("Green", 2), ("Blue", 3)))),
            Make(("Name", typeof(string)), ("Count", Make(("Inner", typeof(int))))),
            Make(("Name", typeof(string)), ("Count", Make(("Inner", typeof(long))))),
            Make(("Name", typeof(string)), ("Count", typeof(IReadOnlyList<>).MakeGenericType(Make(("Inner", typeof(int)))))),
            Make(("Name", typeof(string)), ("Count", typeof(IReadOnlyList<>).MakeGenericType(Make(("Inner", typeof(string)))))),
        ];

        shapes.Select(SchemaFingerprint.Of).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Of_WhenTypesContainEachOther_ComesToAnEnd() =>
        SchemaFingerprint.Of(typeof(Node)).Should().NotBe(SchemaFingerprint.Of(typeof(Branch)));

    private static Type Make(params (string Name, Type Type)[] members)
    {
        var type = Module().DefineType("Sample.Dto", TypeAttributes.Public | TypeAttributes.Class);
        foreach (var (name, memberType) in members)
        {
            var getter = type.DefineMethod("get_" + name, MethodAttributes.Public | MethodAttributes.SpecialName | MethodAttributes.HideBySig, memberType, Type.EmptyTypes);
            var body = getter.GetILGenerator();
            body.Emit(OpCodes.Newobj, typeof(NotSupportedException).GetConstructor(Type.EmptyTypes)!);
            body.Emit(OpCodes.Throw);
            type.DefineProperty(name, PropertyAttributes.None, memberType, null).SetGetMethod(getter);
        }

        return type.CreateType();
    }

    private static Type MakeEnum(params (string Name, int Value)[] members)
    {
        var type = Module().DefineEnum("Sample.Kind", TypeAttributes.Public, typeof(int));
        foreach (var (name, value) in members)
        {
            type.DefineLiteral(name, value);
        }

        return type.CreateType();
    }

    private static ModuleBuilder Module() =>
        AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Sample" + Guid.NewGuid().ToString("N")), AssemblyBuilderAccess.Run).DefineDynamicModule("Sample");

    private sealed record Sample(string Name, Colour Colour, DateTime? At, IReadOnlyDictionary<string, IReadOnlyList<Node>> Nodes);

    private sealed record Node(Branch? Left, Branch? Right, decimal Value);

    private sealed record Branch(Node? Node, int[,] Weights);
}
