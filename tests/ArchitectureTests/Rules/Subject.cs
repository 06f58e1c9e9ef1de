using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using Mono.Cecil;
using NetArchTest.Rules;

namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>
/// The code that a rule looks at: the types of an assembly, or of one namespace in it (so that a fixture is looked at just like the product).
/// </summary>
internal sealed class Subject
{
    private static readonly ConcurrentDictionary<string, ModuleDefinition> Modules = new();
    private readonly string _namespace;

    private Subject(Assembly assembly, string ns)
    {
        Assembly = assembly;
        _namespace = ns;
    }

    public static Subject Domain { get; } = Of(typeof(NeuroLab.Domain.Experiments.Experiment).Assembly);

    public static Subject Application { get; } = Of(typeof(NeuroLab.Application.Abstractions.Caching.ICache).Assembly);

    public static Subject Infrastructure { get; } = Of(typeof(NeuroLab.Infrastructure.Resilience.ProbedCircuitBreaker).Assembly);

    public static Subject WebApi { get; } = Of(typeof(Program).Assembly);

    /// <summary>Everything that is shipped.</summary>
    public static IReadOnlyList<Subject> Product { get; } = [Domain, Application, Infrastructure, WebApi];

    public Assembly Assembly { get; }

    /// <summary>Types written by hand.</summary>
    public IEnumerable<Type> Types => Assembly.GetTypes().Where(type => Holds(type.Namespace) && !IsGenerated(type));

    /// <summary>The same for NetArchTest.</summary>
    public PredicateList NetArchTypes => NetArchTest.Rules.Types.InAssembly(Assembly).That().ResideInNamespaceMatching($"^({Pattern})$");

    /// <summary>Every method with a body, those made by the compiler too, with the full name of the type written by hand that it belongs to.</summary>
    public IEnumerable<(string Owner, MethodDefinition Method)> Methods =>
        from type in Module.Types
        where Holds(type.Namespace)
        from part in WithNested(type)
        from method in part.Methods
        where method.HasBody
        select (type.FullName, method);

    /// <summary>Namespaces of other assemblies that the assembly refers to anywhere.</summary>
    public IEnumerable<string> ForeignNamespaces =>
        Module.GetTypeReferences().Where(type => type.DeclaringType is null && type.Namespace.Length > 0).Select(type => type.Namespace).Distinct();

    private ModuleDefinition Module => Modules.GetOrAdd(Assembly.Location, path => ModuleDefinition.ReadModule(path, new ReaderParameters { InMemory = true }));

    private string Pattern => _namespace.Length == 0 ? @"(?!Coverlet\.).*" : $@"{System.Text.RegularExpressions.Regex.Escape(_namespace)}(\..*)?";

    public static Subject Of(Assembly assembly) => new(assembly, "");

    /// <summary>A fixture: the types of the namespace <c>Violations.name</c> and below.</summary>
    public static Subject Fixture(string name) => new(typeof(Subject).Assembly, $"{typeof(Subject).Assembly.GetName().Name}.Violations.{name}");

    /// <summary>A namespace of this assembly, and below.</summary>
    public Subject In(string ns) => new(Assembly, ns);

    // The instrumentation for coverage adds types of its own to the assemblies under test.
    private bool Holds(string? ns) => _namespace.Length == 0
        ? ns is null || !ns.StartsWith("Coverlet.", StringComparison.Ordinal)
        : ns is not null && (ns == _namespace || ns.StartsWith(_namespace + ".", StringComparison.Ordinal));

    private static bool IsGenerated(Type type)
    {
        for (var part = type; part is not null; part = part.DeclaringType)
        {
            if (part.Name.StartsWith('<') || part.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<TypeDefinition> WithNested(TypeDefinition type) => type.NestedTypes.SelectMany(WithNested).Prepend(type);
}
