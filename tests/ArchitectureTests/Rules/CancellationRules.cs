using Mono.Cecil;
using Mono.Cecil.Cil;

namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>
/// Rules on cancellation: who hangs up is not worked for any longer. The compiler looks too (CA2016): a call that leaves out a token that is at hand is an error.
/// </summary>
internal static class CancellationRules
{
    private const string Token = "System.Threading.CancellationToken";

    private const string Why = "Work that nobody waits for goes on, and holds the connection and the place that others wait for, until it ends by itself.";

    private static readonly Rule NotDropped = new(
        "A method that takes a CancellationToken and calls what takes one makes use of its own.",
        Why,
        "Pass the token on. Where a call must not be cancelled, pass CancellationToken.None and, so that it is seen to be meant, name the parameter none, or _ where it is a lambda's.");

    private static readonly Rule NotDefault = new(
        "A method that takes a CancellationToken passes no default one.",
        Why,
        "Pass the token on, or CancellationToken.None and say why the call must not be cancelled.");

    /// <summary>No method forgets its token.</summary>
    public static IEnumerable<Offence> TokensAreUsed(Subject subject) =>
        from one in subject.Methods
        from parameter in one.Method.Parameters
        where parameter.ParameterType.FullName == Token && parameter.Name is not ("none" or "_")
        let bodies = BodiesOf(one.Method)
        where !IsUsed(parameter, one.Method, bodies)
        let called = bodies.SelectMany(body => body.Instructions).Where(instruction => instruction.OpCode.Code is Code.Call or Code.Callvirt or Code.Newobj)
            .Select(instruction => (MethodReference)instruction.Operand).FirstOrDefault(method => method.Parameters.Any(taken => taken.ParameterType.FullName == Token))
        where called is not null
        select NotDropped.BrokenBy(one.Owner, $"{one.Method.Name} calls {called.Name}, which takes a token, and makes no use of its own");

    /// <summary>No method passes nothing where it has a token.</summary>
    public static IEnumerable<Offence> TokensAreNotDefault(Subject subject) =>
        from one in subject.Methods
        where one.Method.Parameters.Any(parameter => parameter.ParameterType.FullName == Token)
        // The compiler's own, of an asynchronous iterator: it compares with a default one.
        where !one.Method.Name.EndsWith("GetAsyncEnumerator", StringComparison.Ordinal) || !one.Method.DeclaringType.Name.StartsWith('<')
        from body in BodiesOf(one.Method)
        // What is passed is made in a local; the compiler's own are fields: an asynchronous method clears its locals in this way.
        where body.Instructions.Any(instruction => instruction.OpCode == OpCodes.Initobj && ((TypeReference)instruction.Operand).FullName == Token
            && instruction.Previous?.OpCode.Code is Code.Ldloca or Code.Ldloca_S)
        select NotDefault.BrokenBy(one.Owner, $"{one.Method.Name} passes a default token, or leaves it out");

    /// <summary>The body of a method and, where the compiler has made a state machine of it, that of the machine.</summary>
    private static List<MethodBody> BodiesOf(MethodDefinition method)
    {
        var machine = method.CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType.Name.EndsWith("StateMachineAttribute", StringComparison.Ordinal))
            ?.ConstructorArguments[0].Value as TypeReference;
        return [method.Body, .. machine?.Resolve().Methods.Where(one => one is { Name: "MoveNext", HasBody: true }).Select(one => one.Body) ?? []];
    }

    private static bool IsUsed(ParameterDefinition parameter, MethodDefinition method, List<MethodBody> bodies) => bodies.Count == 1
        ? method.Body.Instructions.Any(instruction => Loads(instruction, parameter, method))
        : bodies[1].Instructions.Any(instruction => instruction.OpCode.Code is Code.Ldfld or Code.Ldflda && ((FieldReference)instruction.Operand).Name == parameter.Name);

    private static bool Loads(Instruction instruction, ParameterDefinition parameter, MethodDefinition method)
    {
        var number = parameter.Index + (method.HasThis ? 1 : 0);
        return instruction.OpCode.Code switch
        {
            Code.Ldarg_0 => number == 0,
            Code.Ldarg_1 => number == 1,
            Code.Ldarg_2 => number == 2,
            Code.Ldarg_3 => number == 3,
            Code.Ldarg_S or Code.Ldarg or Code.Ldarga_S or Code.Ldarga => instruction.Operand == parameter,
            _ => false,
        };
    }
}
