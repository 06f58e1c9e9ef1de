using System.Reflection;
using System.Text;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>The samples that are there, and the requests that need one.</summary>
internal static class RequestSamples
{
    /// <summary>Every cacheable query of the product.</summary>
    public static IReadOnlyList<Type> Queries { get; } = Requests(typeof(ICacheableQuery));

    /// <summary>Every command of the product.</summary>
    public static IReadOnlyList<Type> Commands { get; } = Requests(typeof(ICommand));

    /// <summary>The samples of some requests, each a new one.</summary>
    public static IEnumerable<(Type Request, IRequestSample Sample)> Of(IReadOnlyCollection<Type> requests) =>
        from type in typeof(RequestSamples).Assembly.GetTypes()
        where !type.IsAbstract
        from contract in type.GetInterfaces()
        where contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IRequestSample<>)
        let request = contract.GetGenericArguments()[0]
        where requests.Contains(request)
        orderby request.Name, type.Name
        select (request, (IRequestSample)Activator.CreateInstance(type)!);

    /// <summary>What to write for each request that has no sample.</summary>
    public static IEnumerable<string> MissingOf(IReadOnlyCollection<Type> requests) =>
        from request in requests.Except(Of(requests).Select(one => one.Request))
        let folder = $"src/{request.Namespace!.Replace("NeuroLab.", "", StringComparison.Ordinal).Replace('.', '/')}/{request.Name}"
        select new StringBuilder()
            .AppendLine($"{request.Name} has no sample input, so nothing is known of the tables that it uses.")
            .AppendLine($"    write:   {folder}/{request.Name}.Sample.cs")
            .AppendLine("    with:    using NeuroLab.IntegrationTests.Coverage;")
            .AppendLine($"             namespace {request.Namespace};")
            .AppendLine($"             internal sealed class {request.Name}Sample : IRequestSample<{request.Name}>")
            .AppendLine("             {")
            .AppendLine($"                 public {request.Name} Create(SampleUser user) => new({string.Join(", ", ParametersOf(request))});")
            .Append("             }")
            .ToString();

    private static Type[] Requests(Type marker) =>
        [.. typeof(ICommand).Assembly.GetTypes().Where(type => type is { IsAbstract: false, IsInterface: false } && marker.IsAssignableFrom(type)).OrderBy(type => type.Name)];

    private static IEnumerable<string> ParametersOf(Type request) =>
        request.GetConstructors(BindingFlags.Public | BindingFlags.Instance).MaxBy(one => one.GetParameters().Length)!.GetParameters()
            .Select(parameter => parameter.Name == "UserId" ? "user.Id" : $"/* {parameter.Name} */");
}
